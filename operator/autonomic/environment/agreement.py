"""Variables about the metrics server that are right one by one and may contradict each other.

Every function raises ValueError with a sentence that names the variables, what they say and the way out.
"""

from pathlib import Path
from urllib.parse import urlsplit

from autonomic.environment.files import unusable
from autonomic.environment.server import Basic, Bearer, Tls

_URL, _TOKEN = "AUTONOMIC_PROMETHEUS_URL", "AUTONOMIC_PROMETHEUS_BEARER_TOKEN_FILE"
_USER, _PASSWORD = "AUTONOMIC_PROMETHEUS_USERNAME", "AUTONOMIC_PROMETHEUS_PASSWORD_FILE"
_CA = "AUTONOMIC_PROMETHEUS_CA_FILE"
_CERTIFICATE, _KEY = "AUTONOMIC_PROMETHEUS_CERTIFICATE_FILE", "AUTONOMIC_PROMETHEUS_KEY_FILE"


def login(url: str, token_file: Path | None, user: str, password_file: Path | None) -> Bearer | Basic | None:
    """Who asks; None for nobody, and where the address itself says it."""
    if user and not password_file:
        raise ValueError(f"{_USER} is {user!r} and {_PASSWORD} is not set: set both, or neither")
    if password_file and not user:
        raise ValueError(f"{_PASSWORD} is {str(password_file)!r} and {_USER} is not set: set both, or neither")
    ways = {f"{_TOKEN} is {str(token_file)!r}": token_file, f"{_USER} is {user!r}": user}
    ways[f"{_URL} has a login in it"] = urlsplit(url).username
    set_ = [said for said, value in ways.items() if value]
    if len(set_) > 1:
        raise ValueError(f"{' and '.join(set_)}: only one of them can prove who asks, leave the other out")
    if token_file:
        return Bearer(token_file)
    return Basic(user, password_file) if password_file else None


def tls(url: str, ca_file: Path | None, certificate_file: Path | None, key_file: Path | None) -> Tls:
    """Whom we trust, and how we prove who we are."""
    named = {_CA: ca_file, _CERTIFICATE: certificate_file, _KEY: key_file}
    found = {variable: file for variable, file in named.items() if file}
    if found and urlsplit(url).scheme != "https":
        variable, file = next(iter(found.items()))
        raise ValueError(f"{variable} is {str(file)!r} and {_URL} begins with http://: write https://, or leave it out")
    if certificate_file and not key_file:
        raise ValueError(f"{_CERTIFICATE} is {str(certificate_file)!r} and {_KEY} is not set: set both, or neither")
    if key_file and not certificate_file:
        raise ValueError(f"{_KEY} is {str(key_file)!r} and {_CERTIFICATE} is not set: set both, or neither")
    if certificate_file and key_file and (why := unusable(certificate_file, key_file)):
        raise ValueError(
            f"{_CERTIFICATE} is {str(certificate_file)!r} and {_KEY} is {str(key_file)!r}: {why}; write a PEM certificate "
            "(with its chain) into the one, and its key without a passphrase into the other"
        )
    return Tls(ca_file, certificate_file, key_file)
