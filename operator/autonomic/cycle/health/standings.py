"""How every subject stands, from look to look, and what there is to say of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from autonomic.cycle.health.figures import Figures
from autonomic.cycle.health.scene import Scene
from autonomic.domain.health import Cause, HealthSnapshotStatus
from autonomic.health import looks
from autonomic.health.causes import Blamed, blame, cause, shared
from autonomic.health.figures import Figure
from autonomic.health.issues import member_issues, member_metrics, objective_issues, objective_metrics
from autonomic.health.snapshot import Evidence, status
from autonomic.health.standing import Standing, follow
from autonomic.health.subjects import Key


@dataclass
class Standings:
    """`known` is how each subject stands; one that is not in it was never judged."""

    scene: Scene
    figures: Figures
    known: dict[Key, Standing] = field(default_factory=dict)
    moving: set[Key] = field(default_factory=set)
    """Those whose trend is not Steady: time alone may change it."""

    def look(self, subject: Key, now: datetime) -> bool:
        """Looks at a subject; whether its health or its score is another than before."""
        before = self.known.get(subject)
        if subject in self.scene.groups:
            members = [(each, self.scene.weights[key]) for key, each in self._members(subject)]
            if not members:
                return False
            seen = looks.group(members)
        else:
            figures = self._figures(subject)
            if figures is None:
                return False
            seen = looks.workload(figures)
        after = self.known[subject] = follow(before, seen, now)
        (self.moving.discard if after.trend == "Steady" else self.moving.add)(subject)
        return before is None or (before.health, before.score) != (after.health, after.score)

    def forget(self, subject: Key) -> None:
        """The subject is no more."""
        self.known.pop(subject, None)
        self.moving.discard(subject)

    def ill_dependents(self) -> set[Key]:
        """The unwell workloads that live from another: what becomes of that may change whom they blame."""
        return {key for key in self.scene.dependents if (each := self.known.get(key)) and each.ill}

    def tell(self, subject: Key, now: datetime) -> HealthSnapshotStatus | None:
        """What there is to say of a subject; None of one that was not judged."""
        standing = self.known.get(subject)
        if standing is None:
            return None
        if subject in self.scene.groups:
            members = self._members(subject)
            ill = [key for key, each in members if each.ill]
            evidence = Evidence(member_issues(members), member_metrics(members), self._group_cause(ill))
        else:
            figures = self._figures(subject) or ()
            evidence = Evidence(
                objective_issues(figures), objective_metrics(figures), self._cause(self._blame(subject))
            )
        return status(subject, standing, evidence, now)

    def _figures(self, workload: Key) -> tuple[Figure, ...] | None:
        """Those of all its contracts that were judged; None where none was."""
        found = [figures for each in self.scene.of(workload) if (figures := self.figures.of(each)) is not None]
        return tuple(figure for figures in found for figure in figures) if found else None

    def _members(self, group: Key) -> list[tuple[Key, Standing]]:
        return [(key, self.known[key]) for key in self.scene.groups[group] if key in self.known]

    def _blame(self, workload: Key) -> Blamed | None:
        return blame(workload, self.known.get, self.scene.dependencies)

    def _group_cause(self, ill: Iterable[Key]) -> Cause | None:
        return self._cause(shared((key, self._blame(key)) for key in ill))

    def _cause(self, blamed: Blamed | None) -> Cause | None:
        return cause(blamed, self.known[blamed.key]) if blamed else None
