"""History of a shop, once as the engine lived through it minute by minute, once as a recording shows it afterwards."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

import numpy as np

from autonomic.backtest.course import Course, course
from autonomic.backtest.recording import Recording, record
from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.budgets import ErrorBudget
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import LEVELS
from tests.unit.cycle.slo.shop import MINUTE, Shop

Moment = tuple[str, str, float | None]
"""Level, why it is Unknown, share of the budget that is left: of one objective at one minute."""


@dataclass(frozen=True)
class Lived:
    """What the engine said at each minute, by contract and objective with its group."""

    first: datetime
    moments: dict[tuple[str, str], list[Moment]]


async def live_through(shop: Shop, first: datetime) -> Lived:
    """A new engine is turned at the end of each minute from `first` up to the shop's present."""
    engine, said = SloEngine(shop.metrics), dict[tuple[str, str], list[Moment]]()
    at = first
    while at <= shop.now:
        await engine.turn(replace(shop.view(), now=at))
        for key in shop.contracts:
            for each in engine.assessments(key):
                left = float(each.budget.remaining) if isinstance(each.budget, ErrorBudget) else None
                why = each.unknown.reason if each.unknown else ""
                said.setdefault((key, f"{each.objective}{each.group}"), []).append((each.level or "", why, left))
        at += MINUTE
    return Lived(first, said)


async def recorded(shop: Shop, first: datetime) -> Recording:
    """The same minutes, read afterwards."""
    return await record(shop.metrics, shop.view(), milliseconds_of(first))


def told(found: Course, contract: str, objective: str) -> list[tuple[str, bool, float | None]]:
    """Level, whether it is Unknown, and what is left of the budget, bucket by bucket."""
    promises = found.tape.promises
    (at,) = [at for at, each in enumerate(promises) if _is(each, contract, objective)]
    left = found.remaining[at] if found.step == 1 else np.full(found.tape.span.judged, np.nan)
    return [
        (LEVELS[level] or "", bool(unknown), None if np.isnan(share) else float(share))
        for level, unknown, share in zip(found.shown[at], found.unknown[at], left, strict=True)
    ]


async def agrees(shop: Shop, first: datetime, *, shares: bool = True) -> int:
    """Asserts that both say the same of every objective at every minute; how many changes of level there were."""
    lived, tapes = await live_through(shop, first), (await recorded(shop, first)).tapes
    courses = [course(tape) for tape in tapes]
    changes = 0
    for (contract, objective), moments in lived.moments.items():
        (one,) = [each for each in courses if any(_is(promise, contract, objective) for promise in each.tape.promises)]
        assert len(moments) == one.tape.span.judged
        seen = [(level, why != "", left) for level, why, left in moments]
        _same(told(one, contract, objective), seen, shares and one.step == 1, objective)
        changes += sum(before[0] != after[0] for before, after in pairwise(seen))
    return changes


def _is(promise: Promise, contract: str, objective: str) -> bool:
    named = f"{promise.objective.name}{promise.group}"
    return promise.contract == contract and named == objective and promise.part is None


def _same(
    shown: list[tuple[str, bool, float | None]], seen: list[tuple[str, bool, float | None]], whole: bool, name: str
) -> None:
    assert [each[:2] for each in shown] == [each[:2] for each in seen], name
    for ours, theirs in zip(shown, seen, strict=True) if whole else ():
        if theirs[2] is None:
            assert ours[2] is None, name
        else:
            assert ours[2] is not None, name
            assert abs(ours[2] - theirs[2]) < 1e-9, name
