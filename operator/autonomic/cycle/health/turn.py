"""The health turn: what the SLO turn judged becomes snapshots, written where a person would see a difference.

A job of its own, woken after each SLO turn, so that a slow write delays no judgement. It only reports: in Observe, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from autonomic.cycle.health.figures import Figures
from autonomic.cycle.health.keeping import Keeper
from autonomic.cycle.health.pulse import Felt, feel, together
from autonomic.cycle.health.scene import Scene
from autonomic.cycle.health.standings import Standings
from autonomic.cycle.ports import Ports
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.store import Store
from autonomic.cycle.yielding import give_way
from autonomic.domain.errors import AutonomicError, Terminal
from autonomic.domain.findings import Fact
from autonomic.domain.health import HealthSnapshot, HealthSnapshotStatus
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import GROUP
from autonomic.health.standing import Standing
from autonomic.health.subjects import Key

RESYNC = 600.0
"""Seconds between two listings: somebody may have deleted or changed a snapshot."""
LOOK_AGAIN = 60.0
"""Seconds until a listing that failed is tried again."""
_AT_ONCE = 50
"""Subjects that are looked at in one go."""
_KIND = ObjectRef(
    api_version="apiextensions.k8s.io/v1",
    kind="CustomResourceDefinition",
    name=f"{HealthSnapshot.names.plural}.{GROUP}",
)


@dataclass
class HealthTurn:
    """One job for all subjects. Call `feel` while an engine rests, then turn."""

    ports: Ports
    store: Store
    engines: SloEngines

    def __post_init__(self) -> None:
        self._scene, figures = Scene(), Figures()
        self._figures = figures
        self._standings = Standings(self._scene, figures)
        self._keeper = Keeper(self.ports.cluster)
        self._felt: dict[str, Felt] = {}
        self._list_at = 0.0
        self._listed = False
        self._unsaid: set[Key] = set()

    @property
    def at(self) -> datetime | None:
        """The moment of the last look; None before the first."""
        return self._figures.felt.at if self._figures.felt else None

    def feel(self, server: str) -> None:
        """Takes the pulse of that server's engine: what is felt is looked at in the next turn."""
        self._felt[server] = feel(self.engines.each[server], self.ports.clock.now().replace(microsecond=0))

    @property
    def known(self) -> Mapping[Key, Standing]:
        """How every subject stands that was judged."""
        return self._standings.known

    def tell(self, subject: Key) -> HealthSnapshotStatus | None:
        """What there is to say of a subject now, to the point; None of one that was not judged."""
        return self._standings.tell(subject, self.at) if self.at else None

    async def turn(self, _: str) -> float | None:
        """Looks at what changed, and says it. The next SLO turn wakes it again."""
        if not self._felt:
            return None
        felt = together(self._felt[server] for server in self.engines.each if server in self._felt)
        changed, moved = await self._scene.update(self.store.view(self.ports.clock.now()))
        await give_way()
        changed |= await self._figures.take(felt)
        await give_way()
        if not await self._list(felt.at):
            return None
        await self._look(changed, moved, felt.at)
        await self._say(felt.at)
        return None

    async def _list(self, now: datetime) -> bool:
        """Lists what is in the cluster, where it is time to; whether that is known."""
        clock = self.ports.clock.monotonic()
        if clock < self._list_at:
            return self._listed
        try:
            lost = await self._keeper.list(now)
        except AutonomicError as error:
            self._list_at = clock + LOOK_AGAIN
            await self.ports.tell(Fact("ListingFailed", _KIND, str(error), warning=True))
            return self._listed
        self._list_at, self._listed = clock + RESYNC, True
        self._unsaid |= {self._scene.paths[path] for path in lost if path in self._scene.paths}
        for path, kept in self._keeper.kept.items():
            if kept.standing and (subject := self._scene.paths.get(path)):
                self._standings.known.setdefault(subject, kept.standing)
        return True

    async def _look(self, changed: set[str], moved: set[Key], now: datetime) -> None:
        """Looks at workloads of which something changed, then at the groups that this changes."""
        places, groups = self._scene.places, self._scene.groups
        touched = {places[key].workload for key in changed if key in places}
        touched |= {each for each in moved | self._standings.moving if self._scene.has(each)}
        for subject in moved - touched:
            self._standings.forget(subject)
        differ = await self._looked((each for each in touched if each not in groups), now)
        circles = {group for each in differ for group in self._scene.groups_of(each)}
        circles |= {each for each in touched if each in groups}
        await self._looked(circles, now)
        if differ or moved:
            # Whom an unwell workload blames hangs on how others stand.
            dependents = self._standings.ill_dependents()
            circles |= dependents | {group for each in dependents for group in self._scene.groups_of(each)}
        self._unsaid |= touched | circles

    async def _looked(self, subjects: Iterable[Key], now: datetime) -> set[Key]:
        """Those that stand otherwise than before."""
        differ = set()
        for number, subject in enumerate(list(subjects)):
            if number % _AT_ONCE == 0:
                await give_way()
            if self._standings.look(subject, now):
                differ.add(subject)
        return differ

    async def _say(self, now: datetime) -> None:
        """Writes what is to be said, deletes what is over. What fails for now is tried at the next turn."""
        try:
            for number, subject in enumerate(sorted(self._unsaid)):
                if number % _AT_ONCE == 0:
                    await give_way()
                await self._write(subject, now)
            await self._keeper.delete_all_but(self._scene.paths)
        except AutonomicError as error:
            await self.ports.tell(Fact("ReportFailed", _KIND, str(error), warning=True))

    async def _write(self, subject: Key, now: datetime) -> None:
        """Writes one. What the cluster refuses is told, and tried again when there is something else to say."""
        status = self._standings.tell(subject, now) if self._scene.has(subject) else None
        try:
            said = status is None or await self._keeper.write(subject, status, self._scene.of(subject))
        except Terminal as error:
            await self.ports.tell(Fact("ReportFailed", subject.ref, str(error), warning=True))
            said = True
        if said:
            self._unsaid.discard(subject)
