"""A subject's status: how it stands, with the issues and figures behind it, and when it must be written again."""

from dataclasses import dataclass
from datetime import datetime

from autonomic.domain.health import Cause, HealthSnapshotStatus, Issue, Measured, Subject
from autonomic.health.standing import STEP, Standing
from autonomic.health.subjects import Key


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is behind a standing."""

    issues: tuple[Issue, ...] = ()
    metrics: tuple[Measured, ...] = ()
    cause: Cause | None = None


def status(key: Key, standing: Standing, evidence: Evidence, now: datetime) -> HealthSnapshotStatus:
    """What the snapshot says. The score is rounded down, so that nothing looks better than it is."""
    return HealthSnapshotStatus(
        subject=Subject(kind=key.kind, name=key.name),
        tenant=key.namespace,
        health=standing.health,
        score=None if standing.score is None else int(standing.score),
        trend=standing.trend,
        since=standing.since,
        incident=standing.incident,
        issues=evidence.issues,
        cause=evidence.cause,
        metrics=evidence.metrics,
        observed_at=now,
    )


def resumed(told: HealthSnapshotStatus, now: datetime) -> Standing:
    """How a subject stood when its snapshot was written: a restart forgets nothing that a person saw."""
    score = None if told.score is None else float(told.score)
    at = told.observed_at or now
    return Standing(told.health, score, told.trend, told.since or at, told.incident, score, at)


@dataclass(frozen=True, slots=True)
class Told:
    """What a person saw of a snapshot that is worth a write when it changes, and the score that it said."""

    seen: tuple[object, ...]
    score: int | None

    @classmethod
    def of(cls, told: HealthSnapshotStatus) -> "Told":
        """The same of a status."""
        issues = tuple((each.about, each.state) for each in told.issues)
        cause = told.cause.name if told.cause else ""
        return cls((told.health, told.trend, issues, cause), told.score)

    def differs(self, other: "Told") -> bool:
        """Whether a person would see another thing; a score that moves by less than STEP is none."""
        if self.seen != other.seen or (self.score is None) != (other.score is None):
            return True
        return self.score is not None and other.score is not None and abs(self.score - other.score) >= STEP
