"""Policy engines without an engine: one answers what it was told to answer, one leaves everything to people."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.errors import AutonomicError

NO_ENGINE = "no-policy-engine"
"""The revision of no policies at all."""


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


class PersonalJudgement:
    """A `PolicyEngine` for where none can be asked: nobody approves but a person, and the answer says why."""

    def __init__(self, why: str) -> None:
        self._answer = {
            "allow": False,
            "verdict": "RequireApproval",
            "reasons": [why],
            "rules": ["no-policy-engine"],
            "revision": NO_ENGINE,
        }

    async def decide(self, _request: Mapping[str, Any]) -> object:
        """RequireApproval, whatever is asked."""
        return self._answer

    async def revision(self) -> str:
        """That there are no policies."""
        return NO_ENGINE
