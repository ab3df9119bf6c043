"""Addresses outside the cluster: of a channel, as Apprise writes it, and of an endpoint. None is ever part of a message."""

from urllib.parse import SplitResult, urlsplit

from autonomic.environment.addresses import forbidden, is_loopback

_BY_TLS = (
    "alertmanagers", "betterstack", "discord", "gchat", "goalerts", "https", "incidentio", "jsons", "mailtos", "matrixs",
    "mmosts", "ntfys", "opsgenie", "pagerduty", "pagertree", "rockets", "signl4", "slack", "splunk", "squadcast", "tgram",
    "webex", "workflows", "zulip",
)  # fmt: skip
_PLAIN = ("alertmanager", "goalert", "json", "mailto", "matrix", "mmost", "ntfy", "rocket")


def channel(text: str, *, insecure: bool) -> SplitResult:
    """An address of a channel, such as slack://, mailtos://, jsons:// or alertmanagers://. Raises ValueError."""
    parts = _parts(text)
    if parts.scheme in _BY_TLS:
        return parts
    if parts.scheme not in _PLAIN:
        known = ", ".join(f"{each}://" for each in _BY_TLS)
        raise ValueError(f"it begins with none of {known}")
    return _plain(parts, f"{parts.scheme}s://", insecure=insecure)


def endpoint(text: str, *, insecure: bool) -> SplitResult:
    """An address of an endpoint: https://host[:port][/path]. Raises ValueError."""
    parts = _parts(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write it as https://host[:port]/path")
    if parts.username is not None or parts.fragment:
        raise ValueError("leave out the login and the fragment: who calls is said by bearerTokenFile or headersFile")
    return parts if parts.scheme == "https" else _plain(parts, "https://", insecure=insecure)


def may_be_loopback(parts: SplitResult) -> bool:
    """Whether this machine may answer there: only where the address itself says so."""
    return is_loopback(parts.hostname or "")


def _parts(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("its host or port is none: write it as https://host[:port]/path") from None
    if why := _forbidden(parts.hostname or ""):
        raise ValueError(f"its host is {why}, where nobody is called: write the host of the outlet")
    return parts


def _forbidden(host: str) -> str | None:
    """What is wrong with the host, where it is written as an IP address; a name is looked at when it is called."""
    try:
        return forbidden(host, loopback=True)
    except ValueError:
        return None


def _plain(parts: SplitResult, secure: str, *, insecure: bool) -> SplitResult:
    if insecure or may_be_loopback(parts):
        return parts
    raise ValueError(f"it is not encrypted: write {secure}, or allowInsecure: true where nobody can listen")
