"""The policy engine: one request in, one answer out; and how owners' policies are checked and come into it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol


class PolicyEngine(Protocol):
    """An Open Policy Agent. What it returns is checked by governance, not trusted."""

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The raw value of the decision rule; None when it is undefined. Raises Unavailable."""
        ...

    async def revision(self) -> str:
        """Revision of the policies in force. Raises Unavailable."""
        ...


class PolicyServer(Protocol):
    """Where policies are loaded. What was loaded is gone when the server starts again."""

    async def loaded(self) -> frozenset[str]:
        """The ids of all policies that it holds. Raises Unavailable."""
        ...

    async def load(self, policy: str, text: str) -> None:
        """Loads it under that id, in place of what was there. Raises Invalid when it can't be compiled, Unavailable."""
        ...

    async def unload(self, policy: str) -> None:
        """Forgets it. Raises Unavailable."""
        ...


class PolicyChecker(Protocol):
    """What finds faults in policies before they are loaded."""

    async def check(self, modules: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
        """The syntax tree of each module (text by file name), as `opa parse` tells it.

        Raises Invalid with what is wrong with them, Unavailable when that can't be found out.
        """
        ...


@dataclass(frozen=True)
class PolicySet:
    """Policies as an engine holds them: texts by their ids, which are relative paths, and the data that they read."""

    modules: Mapping[str, str]
    data: Mapping[str, Any]


class PolicyTrial(PolicyChecker, Protocol):
    """Where policies are tried apart from those in force, without a way out of it."""

    async def in_force(self) -> PolicySet:
        """The policies in force, owners' included. Raises Unavailable."""
        ...

    async def compiles(self, modules: Mapping[str, str]) -> None:
        """Raises Invalid with what is wrong with them as a whole, Unavailable when that can't be found out."""
        ...

    def serve(self, policies: PolicySet) -> AbstractAsyncContextManager[PolicyEngine]:
        """An engine of their own, which is gone with the block. Raises Invalid, Unavailable."""
        ...
