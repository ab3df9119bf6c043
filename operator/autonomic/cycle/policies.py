"""Owners' policies in force: read from ConfigMaps, checked, loaded, and named by the revision of every answer.

Nothing is decided by a smaller set than the one that is known: an answer that another set gave is no answer.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autonomic.cycle.owners import OwnersSet
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.governance.owners import is_policy, of_owners, suffix_of
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.ports.journal import Journal
from autonomic.ports.policy import PolicyChecker, PolicyEngine, PolicyServer

LOOK_AGAIN = 10.0
"""Seconds between two looks at the ConfigMaps, and at what the engine has loaded."""


@dataclass(frozen=True)
class Peers:
    """Where the policies come from and go to. `namespace` is the operator's own; `leads` says whether this replica tells."""

    cluster: Cluster
    namespace: str
    checker: PolicyChecker
    server: PolicyServer
    engine: PolicyEngine
    clock: Clock
    journals: tuple[Journal, ...]
    leads: Callable[[], bool]


class OwnersPolicies:
    """A `PolicyEngine` that answers with exactly the owners' policies that are known, or not at all."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._turn = asyncio.Lock()
        self._set = OwnersSet(peers.checker)
        self._told: dict[str, Fact] = {}
        self._trouble = ""
        self._uids: dict[str, str] = {}

    @property
    def refused(self) -> Mapping[str, str]:
        """Why each ConfigMap that is refused is not used."""
        return self._set.refused

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The engine's answer. Raises Unavailable where it was not given by exactly the policies that are known."""
        self._demand_known()
        raw = await self._peers.engine.decide(request)
        if self._in_force(_revision(raw)):
            return raw
        await self._load()
        raw = await self._peers.engine.decide(request)
        self._demand(_revision(raw))
        return raw

    async def revision(self) -> str:
        """Revision of all policies in force. Raises Unavailable where the known ones are not."""
        self._demand_known()
        revision = await self._peers.engine.revision()
        self._demand(revision)
        return revision

    async def run(self) -> None:
        """Looks until cancelled."""
        while True:
            try:
                await self.look()
                self._told.pop("", None)
            except AutonomicError as error:
                self._trouble = str(error)
                await self._say("", Fact("PoliciesNotInForce", self._about(""), self._trouble, warning=True))
            await self._peers.clock.sleep(LOOK_AGAIN)

    async def look(self) -> None:
        """Reads the ConfigMaps, takes in what is good, and sees to it that it is loaded. Raises AutonomicError."""
        listed = await self._peers.cluster.list("v1", "ConfigMap", self._peers.namespace)
        policies: dict[str, Manifest] = {each["metadata"]["name"]: each for each in listed if is_policy(each)}
        self._uids = {name: each["metadata"].get("uid", "") for name, each in policies.items()}
        async with self._turn:
            await self._set.take_in(policies)
        try:
            await self._load()
        finally:
            await self._tell_refusals()

    def uid(self, ref: ObjectRef) -> str:
        """The UID of a ConfigMap that is a policy; empty for anything else."""
        ours = ref.kind == "ConfigMap" and ref.namespace == self._peers.namespace
        return self._uids.get(ref.name, "") if ours else ""

    def _in_force(self, revision: str | None) -> bool:
        """Whether an answer of that revision is one of all known policies. An answer without one is for others to refuse."""
        return revision is None or suffix_of(revision) == self._set.suffix

    def _demand_known(self) -> None:
        if self._set.lost is None:
            raise Unavailable(f"the policies of owners have not been read yet{self._why_not()}")
        if self._set.lost:
            name = min(self._set.lost)
            raise Unavailable(
                f"ConfigMap {name} is refused, and no good text of this policy is known: {self._set.refused[name]}"
            )

    def _why_not(self) -> str:
        return f": {self._trouble}" if self._trouble else ""

    def _demand(self, revision: str | None) -> None:
        if not self._in_force(revision):
            raise Unavailable(f"the policies of owners are not all in force: OPA answers with revision {revision}")

    async def _load(self) -> None:
        """Makes the engine hold all that is good, and nothing else of owners. Raises Unavailable."""
        async with self._turn:
            if self._in_force(await self._peers.engine.revision()):
                self._set.confirm()
                return
            while not await self._loaded():
                pass  # one policy fewer, or an older one, at each turn
            self._set.confirm()

    async def _loaded(self) -> bool:
        """Whether all that is good could be loaded; the first that could not no longer counts as good.

        What was there goes first: parts of old and new texts together might not compile.
        """
        for module in await self._peers.server.loaded():
            if of_owners(module):
                await self._peers.server.unload(module)
        for name, policy in self._set.good.items():
            try:
                for module, text in policy.modules.items():
                    await self._peers.server.load(module, text)
            except Invalid as error:
                self._set.reject(name, str(error))
                return False
        return True

    async def _tell_refusals(self) -> None:
        for name in [name for name in self._told if name and name not in self._set.refused]:
            del self._told[name]
            if name in self._set.good:
                await self._tell(Fact("PolicyTakenIn", self._about(name), "the policy is good and in force"))
        for name, why in self._set.refused.items():
            kept = "its last good text stays in force" if name in self._set.good else "it is not in force"
            await self._say(name, Fact("PolicyRefused", self._about(name), f"{why}; {kept}", warning=True))

    async def _say(self, key: str, fact: Fact) -> None:
        """Tells it once, for as long as it is so."""
        if self._peers.leads() and self._told.get(key) != fact:
            self._told[key] = fact
            await self._tell(fact)

    async def _tell(self, fact: Fact) -> None:
        for journal in self._peers.journals:
            await journal.record(fact)

    def _about(self, name: str) -> ObjectRef:
        if not name:
            return ObjectRef(api_version="v1", kind="Namespace", name=self._peers.namespace)
        return ObjectRef(api_version="v1", kind="ConfigMap", name=name, namespace=self._peers.namespace)


def _revision(raw: object) -> str | None:
    revision = raw.get("revision") if isinstance(raw, Mapping) else None
    return revision if isinstance(revision, str) else None
