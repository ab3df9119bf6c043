"""Names with values, written as a JSON object or as lines of `Name: value`. They may hold secrets and are never shown."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

from autonomic.environment.hidden import HiddenError

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS_OF_HEADERS = ("accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding")
_OURS_OF_PARAMETERS = ("query", "time", "start", "end", "step", "timeout", "lookback_delta", "stats")
_FORM = 'write a JSON object such as {"X-Scope-OrgID": "shop"}, or lines such as X-Scope-OrgID: shop'


def _pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return _checked(_of_json(value) if value.lstrip().startswith("{") else _of_lines(value))


def _checked(found: list[tuple[str, str]]) -> dict[str, str]:
    for name, said in found:
        if not _TOKEN.fullmatch(name):
            raise HiddenError(f"a name in it is empty or has other than letters, digits and dashes: {_FORM}")
        if not said.isascii() or not said.isprintable():
            raise HiddenError(f"the value of {name} is not one line of printable ASCII")
    if len({name.lower() for name, _ in found}) < len(found):
        raise HiddenError("a name is there twice: write each once")
    return dict(found)


def _of_json(text: str) -> list[tuple[str, str]]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except json.JSONDecodeError:
        raise HiddenError(f"it begins as a JSON object and is none: {_FORM}") from None
    if not all(isinstance(value, str) for _, value in pairs):
        raise HiddenError(f"every value in it must be a string: {_FORM}")
    return [(name, value) for name, value in pairs]


def _of_lines(text: str) -> list[tuple[str, str]]:
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    if not all(colon for _, colon, _ in lines):
        raise HiddenError(f"a line has no colon: {_FORM}")
    return [(name.strip(), value.strip()) for name, _, value in lines]


def _headers(pairs: Mapping[str, str]) -> Mapping[str, str]:
    for name in pairs:
        if name.lower() == "authorization":
            raise HiddenError(
                "Authorization does not belong here: use AUTONOMIC_PROMETHEUS_BEARER_TOKEN_FILE, or "
                "AUTONOMIC_PROMETHEUS_USERNAME with AUTONOMIC_PROMETHEUS_PASSWORD_FILE"
            )
        if name.lower() in _OURS_OF_HEADERS:
            raise HiddenError(f"{name} is set by the operator itself: leave it out")
    return pairs


def _outlet_headers(pairs: Mapping[str, str]) -> Mapping[str, str]:
    for name in pairs:
        if name.lower() in (*_OURS_OF_HEADERS, "idempotency-key"):
            raise HiddenError(f"{name} is set by the operator itself: leave it out")
    return pairs


def _mapping(value: Any) -> Any:
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for pair in value.items() for each in pair):
        raise HiddenError("it must be a mapping of names to strings, such as {X-Tenant: shop}")
    return _checked(list(value.items()))


def _server_headers(pairs: Mapping[str, str]) -> Mapping[str, str]:
    for name in pairs:
        if name.lower() == "authorization":
            raise HiddenError("Authorization does not belong here: use bearerTokenFile, or username with passwordFile")
        if name.lower() in _OURS_OF_HEADERS:
            raise HiddenError(f"{name} is set by the operator itself: leave it out")
    return pairs


def server_headers(text: str) -> Mapping[str, str]:
    """The headers of a metrics server that a text says, as a JSON object or as lines. Raises HiddenError."""
    return _server_headers(_pairs(text))


def outlet_headers(text: str) -> Mapping[str, str]:
    """The headers that a text says, as a JSON object or as lines. Raises HiddenError."""
    return _outlet_headers(_pairs(text))


def _parameters(pairs: Mapping[str, str]) -> Mapping[str, str]:
    for name in pairs:
        if name in _OURS_OF_PARAMETERS:
            raise HiddenError(f"{name} is set by the operator itself: leave it out")
    return pairs


Headers = Annotated[Mapping[str, str], NoDecode, BeforeValidator(_pairs), AfterValidator(_headers)]
"""Headers of HTTP that we do not set ourselves."""

Parameters = Annotated[Mapping[str, str], NoDecode, BeforeValidator(_pairs), AfterValidator(_parameters)]
"""Parameters of a query that we do not set ourselves."""

OutletHeaders = Annotated[Mapping[str, str], BeforeValidator(_mapping), AfterValidator(_outlet_headers)]
"""Headers of a call to an outlet that we do not set ourselves."""

ServerHeaders = Annotated[Mapping[str, str], BeforeValidator(_mapping), AfterValidator(_server_headers)]
"""Headers of a named metrics server that we do not set ourselves."""

ServerParameters = Annotated[Mapping[str, str], BeforeValidator(_mapping), AfterValidator(_parameters)]
"""Parameters of its queries that we do not set ourselves."""
