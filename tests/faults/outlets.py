"""Whom plans call: a channel and an endpoint on loopback, which take every call and remember its key."""

import json
import re
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

from testbed.api import Api
from testbed.ports import LOOPBACK

_PLAN = re.compile(r'"?plan"?: "?([^/"]+)/')
_REFERENCE = re.compile(r"reference: (\S+)")


@dataclass(frozen=True)
class Told:
    """One call: by the plan of that namespace, for that type of action. `revision` is what the server had stored by then."""

    namespace: str
    action: str
    key: str
    revision: int


class Outlets:
    """A context manager: it listens while the block runs. `api` is asked for the revision at every call."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._told: list[Told] = []
        self._lock = threading.Lock()
        outlets = self

        class Taking(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outlets._take(self.path.strip("/"), self.headers.get("Idempotency-Key"), body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                """Says nothing."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Taking)
        self._thread = threading.Thread(target=self._server.serve_forever, name="outlets", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def file(self, folder: Path) -> Path:
        """What an administrator would write of them."""
        at = f"{LOOPBACK}:{self._server.server_port}"
        listed = [
            {"name": "oncall", "type": "Channel", "url": f"json://{at}/Notify"},
            {"name": "conductor", "type": "Endpoint", "url": f"http://{at}/CallOrchestrator"},
        ]
        path = folder / "outlets.json"
        path.write_text(json.dumps({"outlets": listed}))
        return path

    def told(self, namespace: str, action: str) -> list[Told]:
        """The calls by that namespace's plans for that type of action, in their order."""
        with self._lock:
            return [each for each in self._told if (each.namespace, each.action) == (namespace, action)]

    def _take(self, action: str, key: str | None, body: str) -> None:
        """A message has its reference in its text."""
        revision = int(self._api.get("/api/v1/namespaces/default/configmaps")["metadata"]["resourceVersion"])
        text = body if key else str(json.loads(body)["message"])
        plan, reference = _PLAN.search(text), _REFERENCE.search(text)
        with self._lock:
            self._told.append(
                Told(plan[1] if plan else "", action, key or (reference[1] if reference else ""), revision)
            )


def most(told: list[Told]) -> int:
    """How often the key came that came most often."""
    return max(Counter(each.key for each in told).values(), default=0)
