"""Addresses of peers that speak HTTP."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def web_address(value: str) -> str:
    """The address without a slash at its end. Raises ValueError."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("write it as http://host:port or https://host:port")
    _ = parts.port  # raises ValueError with a sentence of its own
    return value.rstrip("/")


def _host_alone(value: str) -> str:
    parts = urlsplit(value)
    if parts.path or parts.query or parts.username:
        raise ValueError("only a host and a port are possible here, such as http://127.0.0.1:8181")
    return value


WebAddress = Annotated[str, AfterValidator(web_address)]
HostAddress = Annotated[WebAddress, AfterValidator(_host_alone)]
