"""A policy engine that answers what it was told to answer."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.errors import AutonomicError


class MemoryPolicyEngine:
    """A `PolicyEngine` whose answer is `answer`: None, which is no approval, until somebody sets another.

    `failure`, while it is set, is raised whatever is asked. `asked` holds every request, in order.
    """

    def __init__(self, answer: object = None, revision: str = "unversioned") -> None:
        self.answer = answer
        self.failure: AutonomicError | None = None
        self.asked: list[Mapping[str, Any]] = []
        self._revision = revision

    async def decide(self, request: Mapping[str, Any]) -> object:
        """What `answer` holds."""
        self.asked.append(request)
        self._fail()
        return self.answer

    async def revision(self) -> str:
        """The revision given at the start."""
        self._fail()
        return self._revision

    def _fail(self) -> None:
        if self.failure:
            raise self.failure
