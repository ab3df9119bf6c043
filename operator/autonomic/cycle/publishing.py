"""Publishing: each contract that asks for it as a PrometheusRule of its own, written where it differs, never fought over."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomic.cycle.yielding import PIECE, give_way
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import AlreadyExists, Forbidden, Invalid, NotFound, Retryable, Unavailable
from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.publishing.manifest import RULE_KIND, RULE_VERSION, manifest, where
from autonomic.publishing.measured import Surroundings, measured, relied_on
from autonomic.publishing.rules import Rules, rules
from autonomic.publishing.standing import belongs_to, changed_by, lacking

PUBLISHED = "Published"
RESYNC = 600.0
"""Seconds between two looks at all that is published: somebody may have changed or deleted it."""

Said = tuple[str, Truth, str, str]
"""A condition: type, status, reason, message."""

LOOK_AGAIN = 60.0
"""Seconds until a look that failed is tried again."""

_NOT_INSTALLED = (
    PUBLISHED,
    Truth.FALSE,
    "NotInstalled",
    f"this cluster has no {RULE_KIND} of {RULE_VERSION}: install the Prometheus Operator, or load what `autonomic slo"
    " rules` prints",
)
_NOT_REQUESTED = (PUBLISHED, Truth.FALSE, "NotRequested", "spec.publish is not set: nothing is published")


@dataclass(frozen=True)
class _Done:
    """What was said of a contract, and of what version of it; `settled` when it need not be tried again."""

    mark: object
    said: Said | None
    settled: bool


@dataclass
class Publisher:
    """Keeps in mind what it published: a quiet cycle reads nothing and writes nothing."""

    cluster: Cluster
    clock: Clock
    _done: dict[str, _Done] = field(default_factory=dict)
    _installed: bool = True
    _look_at: float = 0.0

    async def publish(self, view: View, surroundings: Surroundings) -> dict[str, Said]:
        """Publishes what changed; what is to be said of each contract, by its key. Raises LeadershipLost."""
        contracts = {key: each for key, each in view.contracts.items() if _counts(each, view)}
        await give_way()
        listed = await self._resync()
        self._done = {key: done for key, done in self._done.items() if key in contracts}
        for number, (key, contract) in enumerate(contracts.items()):
            if number % PIECE == 0:
                await give_way()
            mark = _mark(contract, view, surroundings)
            done = self._done.get(key)
            if done is None or done.mark != mark or not done.settled:
                self._done[key] = await self._turn(contract, mark, view, surroundings, listed)
                await give_way()
        return {key: done.said for key, done in self._done.items() if done.said}

    async def _resync(self) -> Mapping[str, Manifest] | None:
        """All that is published, by `namespace/name`, where it is time to look; then all is judged anew."""
        now = self.clock.monotonic()
        if now < self._look_at:
            return None
        try:
            found = await self.cluster.list(RULE_VERSION, RULE_KIND)
        except NotFound:
            self._installed, found = False, []
        except (Unavailable, Forbidden):
            self._look_at = now + LOOK_AGAIN
            return None
        else:
            self._installed = True
        self._look_at = now + RESYNC
        self._done.clear()
        return {f"{each['metadata']['namespace']}/{each['metadata']['name']}": each for each in found}

    async def _turn(
        self,
        contract: SLAContract,
        mark: object,
        view: View,
        surroundings: Surroundings,
        listed: Mapping[str, Manifest] | None,
    ) -> _Done:
        try:
            if contract.spec.publish is None:
                return _Done(mark, await self._withdraw(contract, listed), settled=True)
            if not self._installed:
                return _Done(mark, _NOT_INSTALLED, settled=True)
            said = _wanted(contract, view, surroundings)
            if isinstance(said, Rules):
                said = await self._keep(contract, said, listed)
            return _Done(mark, said, settled=True)
        except (Retryable, AlreadyExists) as error:
            return _Done(mark, (PUBLISHED, Truth.UNKNOWN, "Unavailable", str(error)), settled=False)
        except (Forbidden, Invalid, NotFound) as error:
            return _Done(mark, (PUBLISHED, Truth.FALSE, "Refused", str(error)), settled=True)

    async def _keep(self, contract: SLAContract, said: Rules, listed: Mapping[str, Manifest] | None) -> Said:
        """Creates what is missing, and changes what differs and nobody else changed."""
        ref, wanted = where(contract), manifest(contract, said)
        live = await self._live(ref, listed)
        if live is None:
            await self.cluster.create(wanted)
            return _published(ref, said)
        if not belongs_to(contract, live):
            return _not_ours(ref)
        patch = lacking(wanted, live)
        if patch is None:
            return _published(ref, said)
        if others := changed_by(live):
            return _changed(ref, others)
        await self.cluster.patch(ref, patch)
        return _published(ref, said)

    async def _withdraw(self, contract: SLAContract, listed: Mapping[str, Manifest] | None) -> Said | None:
        """Deletes what was published once the contract no longer asks for it."""
        before = self._done.get(contract.key)
        if listed is not None or (before and before.said):
            ref = where(contract)
            live = await self._live(ref, listed)
            if live is not None and belongs_to(contract, live):
                if others := changed_by(live):
                    return _changed(ref, others)
                await self.cluster.delete(ref, live["metadata"]["uid"])
        return _NOT_REQUESTED if condition(contract.status.conditions, PUBLISHED) else None

    async def _live(self, ref: ObjectRef, listed: Mapping[str, Manifest] | None) -> Manifest | None:
        if listed is not None:
            return listed.get(ref.key)
        try:
            return await self.cluster.get(ref)
        except NotFound:
            return None


def _counts(contract: SLAContract, view: View) -> bool:
    return view.judges(contract) and contract.metadata.deletion_timestamp is None


def _mark(contract: SLAContract, view: View, surroundings: Surroundings) -> object:
    """All that the rules depend on: while it stays, they stay."""
    if contract.spec.publish is None:
        return contract.metadata.uid, contract.metadata.generation
    others = (view.contracts.get(f"{contract.metadata.namespace}/{name}") for name in sorted(relied_on(contract)))
    lives = [(each.metadata.uid, each.metadata.generation) for each in (contract, *others) if each]
    return lives, surroundings(contract)


def _wanted(contract: SLAContract, view: View, surroundings: Surroundings) -> Rules | Said:
    try:
        return rules(contract, measured(contract, view.contracts, surroundings))
    except Invalid as error:
        return PUBLISHED, Truth.FALSE, "Inexpressible", str(error)


def _published(ref: ObjectRef, said: Rules) -> Said:
    return PUBLISHED, Truth.TRUE, "Published", ". ".join((f"as {ref}", *said.left_out))


def _not_ours(ref: ObjectRef) -> Said:
    message = f"{ref} is there and does not belong to this contract: it is left alone; rename or delete it"
    return PUBLISHED, Truth.FALSE, "NotOurs", message


def _changed(ref: ObjectRef, others: tuple[str, ...]) -> Said:
    message = f"{', '.join(others)} changed {ref}: it is left alone; delete it to have it written anew"
    return PUBLISHED, Truth.FALSE, "ChangedByOther", message
