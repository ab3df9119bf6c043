"""Channels: each message is sent by a short-lived process, which can be bounded in time, memory and reach, and be killed.

The library behind it has a module for each of many services, speaks with threads that can't be ended, and reads whole replies.
"""

import asyncio
import json
import os
import sys
from typing import Any, Literal

from autonomic.adapters.outlets.answers import objection
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.environment.outlets import Outlet
from autonomic.environment.urls import may_be_loopback
from autonomic.ports.outlets import Outcall

TIMEOUT = 10.0
_START = 15.0
"""Seconds that the process may take, on a busy machine, before it begins to send."""
_KEPT = ("HOME", "LANG", "LC_ALL", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "USER")
_COMMAND = (sys.executable, "-I", "-m", "autonomic.adapters.outlets.sending.program")

Task = Literal["Send", "Look", "Read"]


class Channel:
    """One channel. Every call takes `timeout` seconds at most, and what the process needs to start."""

    def __init__(self, outlet: Outlet, timeout: float = TIMEOUT) -> None:
        self._outlet = outlet
        self._timeout = timeout

    async def call(self, outcall: Outcall) -> None:
        """Sends it. Raises Unavailable, Invalid."""
        await self._ask("Send", outcall)

    async def look(self) -> None:
        """Whether somebody listens there; nothing is sent. Raises Unavailable, Invalid."""
        await self._ask("Look")

    async def read(self) -> None:
        """Whether the address is one that can be used. Raises Invalid, or Unavailable when it can't be told."""
        await self._ask("Read")

    async def _ask(self, task: Task, outcall: Outcall | None = None) -> None:
        name = self._outlet.name
        answer = await self._run(self._order(task, outcall))
        if answer.get("done") is True:
            return
        if refused := answer.get("refused"):
            raise Invalid(f"outlet {name} was not called: {refused}")
        objections = [found for status in answer.get("statuses", []) if (found := objection(name, status))]
        later = next((each for each in objections if isinstance(each, Unavailable)), None)
        raise later or next(iter(objections), None) or Unavailable(f"outlet {name} did not take the message")

    def _order(self, task: Task, outcall: Outcall | None) -> dict[str, Any]:
        try:
            parts = self._outlet.address()
        except ValueError as error:
            raise Unavailable(f"outlet {self._outlet.name} was not called: {error}") from None
        return {
            "task": task,
            "url": parts.geturl(),
            "loopback": may_be_loopback(parts),
            "insecure": self._outlet.allow_insecure or may_be_loopback(parts),
            "authorities": str(self._outlet.ca_file) if self._outlet.ca_file else None,
            "timeout": self._timeout,
            "start": _START,
            "title": f"Plan {outcall.plan}" if outcall else "",
            "message": outcall.message if outcall else "",
            "facts": facts(outcall) if outcall else {},
        }

    async def _run(self, order: dict[str, Any]) -> dict[str, Any]:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        if order["authorities"]:
            environment["SSL_CERT_FILE"] = order["authorities"]
        pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(
            *_COMMAND, stdin=pipe, stdout=pipe, stderr=nowhere, env={**environment, "NETRC": os.devnull}
        )
        try:
            async with asyncio.timeout(self._timeout + _START):
                said, _ = await process.communicate(json.dumps(order).encode())
        except TimeoutError:
            said = b""
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return _answer(said) or _no_answer(self._outlet.name, self._timeout)


def facts(outcall: Outcall) -> dict[str, str]:
    """What stands below every message; by the reference, a message that came twice is known as one."""
    return {"plan": outcall.plan, "target": outcall.target, "reference": outcall.key}


def _answer(said: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _no_answer(name: str, timeout: float) -> dict[str, Any]:
    raise Unavailable(f"outlet {name} did not take the message within {timeout:g} s")
