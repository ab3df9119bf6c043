"""Requests of 100 events of 375 bytes, no two events alike."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

TOKENS = ("conductor", "worker", "scheduler", "gateway")
NAMESPACE = "shop"
BATCH = 100
_MARK = "#" * 16


def requests(token: str) -> Iterator[bytes]:
    """Whole HTTP requests, without end. The time is that of the first."""
    pieces = json.dumps([_event(token, number) for number in range(BATCH)]).encode().split(_MARK.encode())
    length = sum(map(len, pieces)) + BATCH * len(_MARK)
    head = (
        f"POST /autonomic/signals HTTP/1.1\r\nHost: operator\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/cloudevents-batch+json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()
    for first in count(0, BATCH):
        body = [head, pieces[0]]
        for number, piece in enumerate(pieces[1:], first):
            body += (b"%016d" % number, piece)
        yield b"".join(body)


def _event(token: str, number: int) -> dict[str, object]:
    labels = {"deployment": f"triage-{number % 20}", "agent": "summariser", "model": "small-1", "code": "429"}
    return {
        "specversion": "1.0",
        "type": "dev.maestro.signal.TaskFailureCount.v1",
        "source": f"/conductor/{NAMESPACE}/{token}/queue-of-incoming-documents",
        "id": _MARK,
        "time": datetime.now(UTC).isoformat(),
        "namespace": NAMESPACE,
        "datacontenttype": "application/json",
        "data": {"value": 1.5, "labels": labels},
    }
