"""What keeps the picture true: complete listings that repair lost events, and the proof of the admission policies."""

from dataclasses import dataclass

from autonomic.cycle.ports import Ports
from autonomic.cycle.store import WATCHED, Store
from autonomic.domain.errors import AutonomicError
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, GROUP

RELIST = 600.0
"""Seconds between two complete listings: a watch can lose a delete, and an object that is gone must not act."""
PROVE = 60.0
"""Seconds between two proofs that hold."""
PROVE_AGAIN = 5.0
"""Seconds until a proof that failed is tried again."""


@dataclass(frozen=True)
class Housekeeping:
    """Jobs of their own on the scheduler; none of them writes."""

    ports: Ports
    store: Store

    async def relist(self, _: str) -> float | None:
        """Lists every kind. A kind that can't be listed is told and keeps what is known of it."""
        for kind in WATCHED:
            try:
                await self._relist(kind)
            except AutonomicError as error:
                await self.ports.tell(Fact("ListingFailed", _about(kind), str(error), warning=True))
        return RELIST

    async def fill(self) -> None:
        """The first listing, before anything turns. Raises Unavailable, Forbidden, NotFound: without it nothing may act."""
        for kind in WATCHED:
            await self._relist(kind)

    async def prove(self, _: str) -> float | None:
        """Tries whether admission refuses what it must; tells when that changes."""
        before = self.store.proof
        self.store.proof = proof = await self.ports.admission.prove()
        if proof != before:
            name = "AdmissionProven" if proof.in_force else "AdmissionUnproven"
            await self.ports.tell(Fact(name, _about("AdaptationPlan"), proof.message, warning=not proof.in_force))
        return PROVE if proof.in_force else PROVE_AGAIN

    async def _relist(self, kind: str) -> None:
        version = "v1" if kind == "Namespace" else API_VERSION
        before = self.store.held(kind)
        self.store.replace(kind, await self.ports.cluster.list(version, kind), before)


def _about(kind: str) -> ObjectRef:
    crd = f"{kind.lower()}s.{GROUP}"
    return ObjectRef(api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition", name=crd)
