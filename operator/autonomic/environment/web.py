"""Addresses of peers that speak HTTP."""

from urllib.parse import urlsplit


def web_address(value: str) -> str:
    """The address without a slash at its end. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write it as http://host:port or https://host:port")
    _ = parts.port  # raises ValueError with a sentence of its own
    return value.rstrip("/")
