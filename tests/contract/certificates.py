"""An authority of a test's own, with a certificate for loopback and one for a client, made by openssl."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

_REQUEST = """
[req]
distinguished_name = name
prompt = no
x509_extensions = extensions
[name]
CN = {name}
[extensions]
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
{extensions}
"""
_AUTHORITY = "basicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign"
_LEAF = "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\nsubjectAltName = IP:127.0.0.1"
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates, and is one itself; all files lie in `folder`."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._own = self._made(name, _AUTHORITY)
        self.file = self._own.certificate

    def issue(self, name: str) -> Pair:
        """A certificate for 127.0.0.1 under that common name."""
        signer = ("-CA", str(self._own.certificate), "-CAkey", str(self._own.key))
        return self._made(name, _LEAF, *signer)

    def _made(self, name: str, extensions: str, *signer: str) -> Pair:
        pair = Pair(self._folder / f"{name}.crt", self._folder / f"{name}.key")
        config = self._folder / f"{name}.cnf"
        config.write_text(_REQUEST.format(name=name, extensions=extensions))
        files = ("-config", str(config), "-out", str(pair.certificate), "-keyout", str(pair.key))
        command = ("openssl", "req", "-x509", *_KEY, "-days", "1", *files, *signer)
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
        return pair


def serving(pair: Pair, clients: Authority | None = None) -> ssl.SSLContext:
    """For a server with that certificate, which wants a client's certificate of `clients` if that is given."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    if clients:
        context.load_verify_locations(clients.file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
