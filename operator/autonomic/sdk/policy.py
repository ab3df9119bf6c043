"""Which policy engine is asked: one at an address, one that is started for it, or none."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from autonomic.adapters.opa import Bounds, Means, OpaPolicyEngine, OpaTrial, policies_in, started
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.governance.owners_syntax import allowed
from autonomic.ports.memory.policy import PersonalJudgement
from autonomic.ports.policy import PolicyEngine, PolicySet, PolicyTrial

POLICIES = Path("policies")
"""Where policies are looked for, unless somebody says where they are."""
SCHEMA = Path("schemas", "input.json")
"""Where the schema of the input lies beside policies."""
SECONDS = 5.0
"""The longest that one question may take."""
TRIED = Bounds(memory=1 << 30, seconds=600)
"""What policies that are supposed may take: they are of whoever runs this."""
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
    elif _address(opa):
        if policies is not None:
            raise Invalid(f"{policies}: the OPA at {opa} has its own policies: name a program, or leave them out")
        async with _asked(opa) as engine:
            yield engine
    else:
        async with started(opa, policies_in(policies or POLICIES)) as address, _asked(address) as engine:
            yield engine


def trial(opa: str | None, policies: Path | None) -> PolicyTrial | None:
    """Where policies are tried among those of the folder; None without a program of OPA."""
    if opa is None or _address(opa):
        return None
    folder = policies or POLICIES
    schema = (folder if folder.is_dir() else folder.parent) / SCHEMA

    async def in_force() -> PolicySet:
        if not schema.is_file():
            raise Invalid(f"{schema}: no such file: policies are checked with it, copy it from the shipped `policies`")
        return policies_in(folder)

    return OpaTrial(Means(opa, schema, SECONDS, allowed, TRIED), in_force)


def _address(opa: str) -> bool:
    return opa.startswith(("http://", "https://"))


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
