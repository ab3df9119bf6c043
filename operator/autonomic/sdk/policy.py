"""Which policy engine is asked: one at an address, one that is started for it, or none."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from autonomic.adapters.opa import OpaPolicyEngine, started
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.ports.memory.policy import PersonalJudgement
from autonomic.ports.policy import PolicyEngine

POLICIES = Path("policies")
"""Where policies are looked for, unless somebody says where they are."""
SECONDS = 5.0
"""The longest that one question may take."""
NOBODY = (
    "no OPA is asked here, so a person decides: name its program or its address (--opa PATH, AutonomicLayer(opa=...))"
)


@asynccontextmanager
async def opened(opa: str | None, policies: Path | None) -> AsyncIterator[PolicyEngine]:
    """The engine: `opa` is an address, a program (started over `policies`, and ended), or None: then people decide.

    Raises Invalid for an address, a program or policies that are none, Unavailable.
    """
    if opa is None:
        if policies is not None:
            raise Invalid(f"{policies}: policies without an OPA to evaluate them: name its program with --opa")
        yield PersonalJudgement(NOBODY)
    elif opa.startswith(("http://", "https://")):
        if policies is not None:
            raise Invalid(f"{policies}: the OPA at {opa} has its own policies: name a program, or leave them out")
        async with _asked(opa) as engine:
            yield engine
    else:
        async with started(opa, policies or POLICIES) as address, _asked(address) as engine:
            yield engine


@asynccontextmanager
async def _asked(address: str) -> AsyncIterator[PolicyEngine]:
    try:
        engine = OpaPolicyEngine(address, SECONDS)
    except ValueError as error:
        raise Invalid(str(error)) from None
    try:
        await engine.revision()
        yield engine
    finally:
        await engine.aclose()


class LaterPolicy:
    """A `PolicyEngine` that is opened when the layer starts: until then there is no answer."""

    def __init__(self) -> None:
        self.engine: PolicyEngine | None = None

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The engine's answer. Raises Unavailable."""
        return await self._opened().decide(request)

    async def revision(self) -> str:
        """The engine's revision. Raises Unavailable."""
        return await self._opened().revision()

    def _opened(self) -> PolicyEngine:
        if self.engine is None:
            raise Unavailable("the policy engine is not open: start() the layer, or use it as an async context")
        return self.engine
