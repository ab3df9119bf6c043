"""Certificates with their keys, and that of the HTTP API, as files that change when it is renewed."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from autonomic.environment.files import unusable

Named = tuple[str, Path | None]
"""What a file is called where it was written, and the file."""

_CHAIN, _KEY = "AUTONOMIC_HTTP_CERTIFICATE_FILE", "AUTONOMIC_HTTP_KEY_FILE"


@dataclass(frozen=True)
class Certificate:
    """Two PEM files: the certificate with its chain, and its key without a passphrase."""

    chain: Path
    key: Path

    def content(self) -> tuple[bytes, bytes]:
        """Both, as they are now. Raises OSError."""
        return self.chain.read_bytes(), self.key.read_bytes()

    def load(self, context: ssl.SSLContext) -> None:
        """From now on the context proves itself with them. Raises OSError, ssl.SSLError, and changes nothing then."""
        fresh = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        fresh.load_cert_chain(self.chain, self.key, password="")
        context.load_cert_chain(self.chain, self.key, password="")


def agree(chain: Named, key: Named) -> None:
    """Raises ValueError where only one of them is there, and where TLS can't prove who we are with both."""
    for (one, file), (other, missing) in ((chain, key), (key, chain)):
        if file and not missing:
            raise ValueError(f"{one} is {str(file)!r} and {other} is not set: set both, or neither")
    (chain_name, chain_file), (key_name, key_file) = chain, key
    if chain_file and key_file and (why := unusable(chain_file, key_file)):
        raise ValueError(
            f"{chain_name} is {str(chain_file)!r} and {key_name} is {str(key_file)!r}: {why}; write a PEM certificate "
            "(with its chain) into the one, and its key without a passphrase into the other"
        )


def certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    """What the HTTP API proves itself with; None where it speaks plain HTTP. Raises ValueError like `agree`."""
    agree((_CHAIN, chain), (_KEY, key))
    return Certificate(chain, key) if chain and key else None
