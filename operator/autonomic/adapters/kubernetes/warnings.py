"""Watching the cluster's warnings: Events of type Warning, of all namespaces, from those that are still kept on."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from autonomic.adapters.kubernetes.connection import Connection
from autonomic.domain.errors import AutonomicError, Unavailable
from autonomic.ports.clock import Clock

PATH = "/api/v1/events"
WARNINGS = {"fieldSelector": "type=Warning"}
KEPT = 500
"""Warnings that are read when the watching begins; what is older is no news."""
LIFE, SILENCE = 20, 30.0
"""Seconds after which the server ends a watch, to be taken up where it ended; one that is silent for longer has stalled."""
AGAIN = (1.0, 60.0)
"""Seconds until it is tried again after an error: at first, and at most."""

Take = Callable[[dict[str, Any]], Awaitable[None]]
Tell = Callable[[str], Awaitable[None]]


class WarningWatch:
    """Hands every warning to `take`, in order, once it comes; why there are none for now goes to `tell`, once."""

    def __init__(self, connection: Connection, clock: Clock, take: Take, tell: Tell) -> None:
        self._connection = connection
        self._clock = clock
        self._take = take
        self._tell = tell
        self._told = ""

    async def run(self) -> None:
        """Watches until cancelled. Nothing of it stops anything else."""
        wait = AGAIN[0]
        while True:
            try:
                version = await self._begin()
                wait, self._told = AGAIN[0], ""
                while True:
                    version = await self._watch(version)
            except AutonomicError as error:
                if str(error) != self._told:
                    self._told = str(error)
                    await self._tell(str(error))
            await self._clock.sleep(wait)
            wait = min(AGAIN[1], wait * 2)

    async def _begin(self) -> str:
        """What is kept is handed on; returns the version from which to watch."""
        params = {**WARNINGS, "limit": str(KEPT)}
        page = await self._connection.request("GET", PATH, "list warnings", params=params)
        for item in page.get("items") or ():
            await self._take(item)
        return str((page.get("metadata") or {}).get("resourceVersion", ""))

    async def _watch(self, version: str) -> str:
        """One watch, to its end; returns the version that was seen last. Raises Unavailable when it must begin anew."""
        params = {
            **WARNINGS,
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(LIFE),
        }
        async for line in self._connection.lines(PATH, params, "watch warnings", SILENCE):
            kind, raw = _read(line)
            if kind == "ERROR":
                raise Unavailable(f"could not watch warnings: {raw.get('message', 'the server ended it')}")
            version = str((raw.get("metadata") or {}).get("resourceVersion") or version)
            if kind in ("ADDED", "MODIFIED"):
                await self._take(raw)
        return version


def _read(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        event = orjson.loads(line)
        return str(event["type"]), dict(event["object"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as problem:
        raise Unavailable(f"could not watch warnings: the server sent {line[:80]!r}") from problem
