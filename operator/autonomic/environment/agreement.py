"""What is said of a metrics server that is right one by one and may contradict each other.

Every function raises ValueError with a sentence that names the variables or fields, what they say and the way out.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from autonomic.environment.certificate import agree
from autonomic.environment.server import Basic, Bearer, Tls


@dataclass(frozen=True, slots=True)
class Words:
    """What the parts are called where they were written."""

    url: str
    token: str
    user: str
    password: str
    ca: str
    certificate: str
    key: str


VARIABLES = Words(
    "AUTONOMIC_PROMETHEUS_URL",
    "AUTONOMIC_PROMETHEUS_BEARER_TOKEN_FILE",
    "AUTONOMIC_PROMETHEUS_USERNAME",
    "AUTONOMIC_PROMETHEUS_PASSWORD_FILE",
    "AUTONOMIC_PROMETHEUS_CA_FILE",
    "AUTONOMIC_PROMETHEUS_CERTIFICATE_FILE",
    "AUTONOMIC_PROMETHEUS_KEY_FILE",
)
FIELDS = Words("url", "bearerTokenFile", "username", "passwordFile", "caFile", "certificateFile", "keyFile")


def login(
    url: str, token_file: Path | None, user: str, password_file: Path | None, words: Words = VARIABLES
) -> Bearer | Basic | None:
    """Who asks; None for nobody, and where the address itself says it."""
    if user and not password_file:
        raise ValueError(f"{words.user} is {user!r} and {words.password} is not set: set both, or neither")
    if password_file and not user:
        raise ValueError(
            f"{words.password} is {str(password_file)!r} and {words.user} is not set: set both, or neither"
        )
    ways = {f"{words.token} is {str(token_file)!r}": token_file, f"{words.user} is {user!r}": user}
    ways[f"{words.url} has a login in it"] = urlsplit(url).username
    set_ = [said for said, value in ways.items() if value]
    if len(set_) > 1:
        raise ValueError(f"{' and '.join(set_)}: only one of them can prove who asks, leave the other out")
    if token_file:
        return Bearer(token_file)
    return Basic(user, password_file) if password_file else None


def tls(
    url: str, ca_file: Path | None, certificate_file: Path | None, key_file: Path | None, words: Words = VARIABLES
) -> Tls:
    """Whom we trust, and how we prove who we are."""
    named = {words.ca: ca_file, words.certificate: certificate_file, words.key: key_file}
    found = {variable: file for variable, file in named.items() if file}
    if found and urlsplit(url).scheme != "https":
        variable, file = next(iter(found.items()))
        raise ValueError(
            f"{variable} is {str(file)!r} and {words.url} begins with http://: write https://, or leave it out"
        )
    agree((words.certificate, certificate_file), (words.key, key_file))
    return Tls(ca_file, certificate_file, key_file)
