"""From the API server's refusals to domain errors. Tried on kube-apiserver 1.36."""

import re
from typing import Any

import orjson

from autonomic.domain.errors import (
    AlreadyExists,
    AutonomicError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    NotPermitted,
    Unavailable,
)

_DENIAL = re.compile(r"ValidatingAdmissionPolicy '(?P<policy>[^']+)' with binding '[^']+' denied request")
_RBAC = re.compile(r'User "[^"]*" cannot \w+ (?:resource|path) ')
_NOT_READY = "not yet ready to handle request"
"""An admission plugin of a server that has just started, which has yet to list its policies."""
_CONTENT = frozenset({400, 405, 406, 413, 415, 422})
_HEAD, _TAIL = 400, 600


def refusal(status: int, body: bytes, attempted: str, *, creating: bool = False) -> AutonomicError:
    """The error that an answer of 300 or above means. `attempted` completes "could not ..."."""
    answer = _decoded(body)
    return _kind(status, answer, creating)(f"could not {attempted}: {_sentence(status, answer, body)}")


def denying_policy(refused: Forbidden) -> str | None:
    """The ValidatingAdmissionPolicy that said no; None when something else did."""
    found = _DENIAL.search(str(refused))
    return found["policy"] if found else None


def _kind(status: int, answer: dict[str, Any], creating: bool) -> type[AutonomicError]:
    if status == 401:
        return NotPermitted
    if status == 403:
        return _forbidden(str(answer.get("message")))
    if status == 404:
        return NotFound
    if status == 409:
        return AlreadyExists if creating and answer.get("reason") == "AlreadyExists" else Conflict
    if status in _CONTENT:
        return _content(answer)
    return Unavailable


def _forbidden(said: str) -> type[AutonomicError]:
    if said.endswith(_NOT_READY):
        return Unavailable
    return NotPermitted if _RBAC.search(said) else Forbidden


def _content(answer: dict[str, Any]) -> type[AutonomicError]:
    # A policy without `reason: Forbidden` denies with 422, and so does an object that has another UID than the patch.
    if _DENIAL.search(str(answer.get("message"))):
        return Forbidden
    causes = (answer.get("details") or {}).get("causes") or []
    another_life = any(cause.get("field") == "metadata.uid" for cause in causes)
    return Conflict if another_life else Invalid


def _decoded(body: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _sentence(status: int, answer: dict[str, Any], body: bytes) -> str:
    said = str(answer.get("message") or body.decode(errors="replace")).strip() or "no reason given"
    # A strict decoding error quotes the whole object before it comes to the point.
    shown = said if len(said) <= _HEAD + _TAIL else f"{said[:_HEAD]} [...] {said[-_TAIL:]}"
    return f"{shown} (HTTP {status})"
