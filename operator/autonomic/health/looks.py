"""One look at a subject: the score of what it is made of, and how much of that is Unknown."""

from collections.abc import Iterable, Sequence

from autonomic.health.figures import Figure
from autonomic.health.scoring import WORST_COUNTS, blend
from autonomic.health.standing import Look, Standing


def workload(figures: Sequence[Figure]) -> Look:
    """A workload is as well as the worst of its objectives that are known."""
    known = [(each.score, 1) for each in figures if each.score is not None]
    unknown = 1 - len(known) / len(figures) if figures else 1.0
    return Look(blend(known, 1.0) if known else None, unknown)


def group(members: Iterable[tuple[Standing, int]]) -> Look:
    """A group is half as well as its worst member, and half as well as its members are on the whole, by their weight."""
    known, total = [], 0
    for standing, weight in members:
        total += weight
        if standing.score is not None:
            known.append((standing.score, weight))
    unknown = 1 - sum(weight for _, weight in known) / total if total else 1.0
    return Look(blend(known, WORST_COUNTS) if known else None, unknown)
