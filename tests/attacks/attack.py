"""One attempt at what nobody may do, and what came of it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from testbed.api import ApiError
from testbed.cluster import CommandFailedError
from tests.attacks.ground import Ground

_POLICY = re.compile(r"ValidatingAdmissionPolicy '([^']+)'.*denied request: (.*)", re.DOTALL)
_LONGEST = 150


class Harmless(Exception):
    """The server said yes and did nothing of it. The message says what is as it was."""


@dataclass(frozen=True)
class Attack:
    """`attempt` does it, and raises when it was kept from it: ApiError, CommandFailedError or Harmless."""

    what: str
    who: str
    attempt: Callable[[Ground], object]


@dataclass(frozen=True)
class Row:
    """What was tried, by whom, and the answer."""

    what: str
    who: str
    answer: str
    refused: bool

    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {"refused": self.refused, "who": self.who, "what": self.what, "answer": self.answer}


def attempted(attack: Attack, ground: Ground) -> Row:
    """What came of it."""
    try:
        attack.attempt(ground)
    except ApiError as problem:
        # A conflict, a missing object or a broken server would prove nothing.
        return Row(attack.what, attack.who, _answer(problem), problem.status in (400, 403, 405, 422))
    except CommandFailedError as problem:
        refused = any(word in problem.stderr.lower() for word in ("forbidden", "denied request", "invalid"))
        return Row(attack.what, attack.who, _brief(problem.stderr), refused)
    except Harmless as problem:
        return Row(attack.what, attack.who, _brief(str(problem)), True)
    return Row(attack.what, attack.who, "it was done", False)


def summary(rows: Sequence[Row]) -> dict[str, int]:
    """The last line."""
    return {"attempts": len(rows), "refused": sum(row.refused for row in rows)}


def _answer(problem: ApiError) -> str:
    found = _POLICY.search(str(problem))
    return _brief(f"{problem.status} {found[1]}: {found[2]}" if found else str(problem))


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
