"""Writing weights to the objects of a route: read, judged, recorded in the journal, written once, never fought over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from autonomic.cycle.ports import Ports
from autonomic.cycle.routing.permission import Denied, forbidden, rival
from autonomic.cycle.routing.places import AllWeights, Place
from autonomic.domain.audit.record import Entry
from autonomic.domain.errors import AutonomicError, Conflict, LeadershipLost, NotFound, Retryable
from autonomic.domain.route_rules import Publication
from autonomic.domain.routes import AdaptiveRoute, PublishedStatus
from autonomic.domain.targets import Target
from autonomic.domain.view import View
from autonomic.domain.words import EPOCH_ANNOTATION, OPERATION_ANNOTATION
from autonomic.execution.drift import Drift
from autonomic.execution.executor import send

_ATTEMPTS = 5
"""Reads and writes until others let us in: a gateway's controller writes the status of its routes."""


@dataclass(frozen=True)
class Published:
    """What became of it: what stands at each place now, the first thing in the way, and whether somebody else's hand is it."""

    records: tuple[PublishedStatus, ...] = ()
    stopped: Denied | None = None
    conflict: str | None = None
    wrote: int = 0


@dataclass
class WeightPublisher:
    """`epoch` gives the Lease epoch that each write is stamped with; `may_act` raises where nothing may be written."""

    ports: Ports
    epoch: Callable[[], int]
    may_act: Callable[[], None]

    async def publish(self, route: AdaptiveRoute, wanted: AllWeights, view: View) -> Published:
        """Writes what differs, place after place, and stops at the first that is in the way. Raises LeadershipLost."""
        places = [await self._look(route, each, wanted, view) for each in route.spec.publish]
        known = {each.place: each for each in route.status.targets}
        for place in places:
            found = place if isinstance(place, Denied) else self._judge(place, known, view)
            if isinstance(found, Denied):
                conflict = found.message if found.reason == "Conflict" else None
                return Published(route.status.targets, found, conflict)
        return await self._write_all([each for each in places if isinstance(each, Place)], known, view)

    async def restore(self, route: AdaptiveRoute, wanted: AllWeights, view: View) -> Sequence[str]:
        """Writes the baseline where our weights stand; why it is left elsewhere. Raises Unavailable, Forbidden, Invalid."""
        known, left = {each.place: each for each in route.status.targets}, []
        for publication in route.spec.publish:
            record = known.get(publication.place)
            place = await self._look(route, publication, wanted, view)
            if record is None:
                continue
            why = place.message if isinstance(place, Denied) else place.objection() or place.conflict(record)
            if why:
                left.append(why)
            elif isinstance(place, Place) and place.changes():
                await self._send(place)
        return left

    async def _look(
        self, route: AdaptiveRoute, publication: Publication, wanted: AllWeights, view: View
    ) -> Place | Denied:
        ref = publication.ref(route.metadata.namespace or "")
        try:
            raw = await self.ports.cluster.get(ref)
        except NotFound:
            return Denied("TargetMissing", f"{ref} does not exist: create it, or correct publish of {route.ref}")
        except LeadershipLost:
            raise
        except AutonomicError as error:
            return Denied("Unavailable", str(error))
        return Place(route, publication, Target(ref, raw, view.namespace(ref.namespace).labels), wanted)

    def _judge(self, place: Place, known: dict[str, PublishedStatus], view: View) -> Denied | None:
        other = rival(place.route, place.publication.place, view)
        if other:
            return Denied("Conflict", f"{other} publishes to {place.publication.place} as well: only one may")
        if why := place.objection():
            return Denied("TargetUnfit", why)
        if why := place.conflict(known.get(place.publication.place)):
            return Denied("Conflict", why)
        return forbidden(place.target, view) if place.changes() else None

    async def _write_all(self, places: list[Place], known: dict[str, PublishedStatus], view: View) -> Published:
        records, wrote = dict(known), 0
        for place in places:
            name = place.publication.place
            try:
                if place.changes():
                    await self._send(place)
                    wrote += 1
            except LeadershipLost:
                raise
            except (AutonomicError, Drift) as error:
                reason = "Unavailable" if isinstance(error, Retryable) else "Refused"
                return Published(tuple(records.values()), Denied(reason, str(error)), wrote=wrote)
            record = place.record(view.now)
            if records.get(name) is None or _differs(records[name], record):
                records[name] = record
        kept = {place.publication.place for place in places}
        return Published(tuple(each for name, each in records.items() if name in kept), wrote=wrote)

    async def _send(self, place: Place) -> None:
        """Raises what the executor's writes raise; a status writer in between is let by a few times."""
        changes = [each.wire() for each in place.changes()]
        content = {"route": place.route.key, "target": str(place.target.ref), "changes": changes, "epoch": self.epoch()}
        self.may_act()
        await self.ports.audit.append(Entry("RoutePublished", str(place.target.ref), content))
        for _ in range(_ATTEMPTS):
            self.may_act()
            stamps = {OPERATION_ANNOTATION: place.stamp, EPOCH_ANNOTATION: str(self.epoch())}
            try:
                await send(self.ports.cluster, place.target.ref, dict(place.target.raw), place.changes(), stamps)
            except Conflict:
                raw = await self.ports.cluster.get(place.target.ref)
                if raw["metadata"].get("generation") != place.target.raw["metadata"].get("generation"):
                    raise
                place = Place(place.route, place.publication, Target(place.target.ref, raw), place.wanted)
            else:
                return
        raise Conflict(f"{place.target.ref} changed {_ATTEMPTS} times while its weights were being written")


def _differs(before: PublishedStatus, after: PublishedStatus) -> bool:
    return before != after.model_copy(update={"at": before.at})
