"""Policies that rule for as long as a simulation goes on, and about one namespace alone where no other may be seen."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.errors import Unavailable
from autonomic.ports.policy import PolicyEngine


class Lent:
    """A `PolicyEngine` until its end: who asks later gets no answer, and opens no connection."""

    def __init__(self, engine: PolicyEngine) -> None:
        self._engine: PolicyEngine | None = engine

    def end(self) -> None:
        """From now on there is no answer."""
        self._engine = None

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The engine's answer. Raises Unavailable."""
        return await self._while_lent().decide(request)

    async def revision(self) -> str:
        """The engine's revision. Raises Unavailable."""
        return await self._while_lent().revision()

    def _while_lent(self) -> PolicyEngine:
        if self._engine is None:
            raise Unavailable("the policies that were supposed are gone with their simulation")
        return self._engine


class Apart:
    """A `PolicyEngine` that asks the supposed policies about one namespace, and those in force about all others.

    How long an answer takes, and whether there is one, would tell of others' plans what nobody may see.
    """

    def __init__(self, supposed: PolicyEngine, in_force: PolicyEngine, namespace: str) -> None:
        self._supposed, self._in_force, self._namespace = supposed, in_force, namespace

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The answer of whoever rules there. Raises Unavailable."""
        here = request["namespace"]["name"] == self._namespace
        return await (self._supposed if here else self._in_force).decide(request)

    async def revision(self) -> str:
        """That of the supposed policies. Raises Unavailable."""
        return await self._supposed.revision()
