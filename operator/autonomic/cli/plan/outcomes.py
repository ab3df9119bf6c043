"""How a command ends: exit codes for scripts, and refusals as sentences that name the way out."""

import asyncio
import re
from collections.abc import Coroutine
from typing import Any, TypeVar

from autonomic.cli.ending import end
from autonomic.domain.errors import AutonomicError, Conflict, Forbidden, Invalid, NotFound, Unavailable

REFUSED, MISTAKE, ABSENT, CHANGED, UNREACHABLE = 1, 2, 3, 4, 5
"""Refused by the server, a policy or the person; the user's mistake; not there; another plan than was shown; no answer."""

_POLICY = re.compile(r"denied request: (?P<said>.*?)(?: \(HTTP \d+\))?$", re.DOTALL)
_RIGHTS = re.compile(r'cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)"')
_CODES: tuple[tuple[type[AutonomicError], int], ...] = (
    (NotFound, ABSENT),
    (Conflict, CHANGED),
    (Unavailable, UNREACHABLE),
    (Forbidden, REFUSED),
    (Invalid, MISTAKE),
)

Result = TypeVar("Result")


class Stop(Exception):
    """The command ends here, with that sentence and that code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def done(work: Coroutine[Any, Any, Result]) -> Result:
    """What the work returns; a failure ends the command with a sentence and its code."""
    try:
        return asyncio.run(work)
    except Stop as stop:
        end(str(stop), stop.code)
    except AutonomicError as error:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), REFUSED)
        end(plain(str(error)), code)


def plain(message: str) -> str:
    """A refusal without the words that only machines need; what a role would help against is named."""
    denied = _POLICY.search(message)
    if denied:
        return f"refused: {denied['said']}"
    rights = _RIGHTS.search(message)
    if not rights:
        return message
    role = "autonomic-governor" if rights["resource"].startswith("controlloops") else "autonomic-approver"
    if rights["verb"] in ("get", "list", "watch"):
        role = "autonomic-viewer"
    return f"{message}; ask for the ClusterRole {role}"
