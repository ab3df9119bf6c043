"""What is answered in a server's place."""

import json
from collections.abc import Mapping
from typing import Any

from testbed.faults.fault import Answer, StaleList

_REASONS = {
    400: "BadRequest",
    403: "Forbidden",
    409: "Conflict",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}


def status_of(code: int, retry_after: int | None = None) -> dict[str, Any]:
    """The `Status` object that an API server would send with that code."""
    details = {"retryAfterSeconds": retry_after} if retry_after is not None else {}
    return {
        "apiVersion": "v1",
        "kind": "Status",
        "metadata": {},
        "status": "Failure",
        "reason": _REASONS.get(code, ""),
        "message": "this answer comes from the fault proxy",
        "code": code,
        **({"details": details} if details else {}),
    }


def answer_of(what: Answer | StaleList) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    if isinstance(what, StaleList):
        return 200, _JSON, _encoded(what.document)
    headers = {**_JSON, **({"Retry-After": str(what.retry_after)} if what.retry_after is not None else {})}
    document = status_of(what.status, what.retry_after) if what.document is None else what.document
    return what.status, headers, _encoded(document)


def gone_event() -> bytes:
    """The line by which a watch is told that it must list again."""
    return _encoded({"type": "ERROR", "object": status_of(410)}) + b"\n"


_JSON = {"Content-Type": "application/json"}


def _encoded(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()
