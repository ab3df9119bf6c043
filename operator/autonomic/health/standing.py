"""How a subject stands: its health with hysteresis, its trend, since when. From one look to the next; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.domain.health import HealthWord, TrendWord

HEALTHY_FROM, DEGRADED_FROM = 75.0, 50.0
MARGIN = 5.0
"""Points above its threshold at which a better health is believed; a worse one is believed at once."""
STEP = 5.0
"""Points that the score must have moved to be going anywhere."""
REST = timedelta(minutes=15)
"""A score that has not moved so long is Steady."""
MOSTLY_UNKNOWN = 0.5
"""From this share of what should be known on, nothing is called Healthy that nobody sees."""

ILL: tuple[HealthWord, ...] = ("Degraded", "Critical")


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a subject: its score, None where nothing is known, and the share (0 to 1) that is Unknown."""

    score: float | None
    unknown: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How a subject stands. `since` is None where nobody watched it come to that.

    `anchor` is the score from which a move is measured, `moved` when it was last put there.
    """

    health: HealthWord
    score: float | None
    trend: TrendWord
    since: datetime | None
    incident: datetime | None
    anchor: float | None
    moved: datetime

    @property
    def ill(self) -> bool:
        """Whether it is known to be unwell."""
        return self.health in ILL


def follow(before: Standing | None, look: Look, now: datetime) -> Standing:
    """How the subject stands after that look."""
    health = _health(look, before.health if before else None)
    since = before.since if before and before.health == health else now
    trend, anchor, moved = _trend(before, None if health == "Unknown" else look.score, now)
    score = None if health == "Unknown" else look.score
    return Standing(health, score, trend, since, _incident(before, health, now), anchor, moved)


def _health(look: Look, before: HealthWord | None) -> HealthWord:
    if look.score is None:
        return "Unknown"
    healthy = HEALTHY_FROM + (MARGIN if before in ILL else 0)
    degraded = DEGRADED_FROM + (MARGIN if before == "Critical" else 0)
    if look.score < degraded:
        return "Critical"
    if look.score < healthy:
        return "Degraded"
    return "Unknown" if look.unknown >= MOSTLY_UNKNOWN else "Healthy"


def _incident(before: Standing | None, health: HealthWord, now: datetime) -> datetime | None:
    """When the trouble began: health ends it, and what is Unknown does not."""
    ongoing = before.incident if before else None
    if health == "Healthy":
        return None
    return ongoing or (now if health in ILL else None)


def _trend(before: Standing | None, score: float | None, now: datetime) -> tuple[TrendWord, float | None, datetime]:
    """A turn goes through Steady, so that a score that swings is not called Improving and Worsening by turns."""
    if score is None or before is None or before.anchor is None:
        return "Steady", score, now
    moved = score - before.anchor
    if abs(moved) >= STEP:
        onward: TrendWord = "Improving" if moved > 0 else "Worsening"
        return (onward if before.trend in (onward, "Steady") else "Steady"), score, now
    trend = "Steady" if now - before.moved >= REST else before.trend
    return trend, before.anchor, before.moved
