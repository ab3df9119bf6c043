"""From flows and what was said at looks to the report: the rungs of each budget, its course, and what is not known of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np

from autonomic.backtest.money.flow import Flow
from autonomic.backtest.money.report import BudgetLine, Gap, RungAt, Stand
from autonomic.backtest.money.till import Told
from autonomic.cost.windows import Stretch
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rungs

_POINTS = 300

Flows = Mapping[str, Flow]


def budget_lines(flows: Flows, told: Iterable[Told], until: datetime) -> Iterator[BudgetLine]:
    """Every budget, those that were pressed longest first."""
    said: dict[str, list[Told]] = {key: [] for key in flows}
    for each in told:
        said[each.budget].append(each)
    found = [_line(key, each, said[key], until) for key, each in sorted(flows.items())]
    yield from sorted(found, key=lambda each: -each.pressed_seconds)


def never_asked(problems: Mapping[str, Unknown]) -> Iterator[str]:
    """Budgets whose spend can't be asked for at all."""
    for key, why in sorted(problems.items()):
        yield f"budget {key} is not replayed: {why.message}"


def paid(each: Flow, stretch: Stretch) -> float | None:
    """What was spent in the stretch, as a share of the limit; None where that is not known."""
    first, last = each.place(stretch.began), min(each.place(stretch.ended), len(each.share) - 1)
    if last < first or first < 0 or np.isnan(each.share[first : last + 1]).any():
        return None
    return float(each.paid[last] - each.paid[first])


def ended(budget: str, told: Iterable[Told], after: datetime) -> datetime | None:
    """When the pressure that was there then was over; None while it goes on."""
    over = (each for each in told if each.budget == budget and each.at > after and each.unknown is None)
    return next((each.at for each in over if each.status.level is Rungs.NORMAL), None)


def _line(key: str, each: Flow, told: Sequence[Told], until: datetime) -> BudgetLine:
    spec, step = each.budget.spec, -(-len(each.share) // _POINTS)
    stands = tuple(_stands(each, [said for said in told if said.unknown is None], until))
    return BudgetLine(
        budget=key,
        amount=spec.limit.amount,
        currency=spec.limit.currency,
        per=spec.limit.per,
        window=spec.limit.window,
        rungs=tuple(RungAt(rung=name.value, at=float(Decimal(rung.at))) for name, rung in spec.rungs()),
        highest=max((each.rung for each in stands), key=lambda name: Rungs(name).height, default=Rungs.NORMAL.value),
        pressed_seconds=sum(int(((one.left or until) - one.entered).total_seconds()) for one in stands),
        stands=stands,
        unknown=tuple(_gaps([said for said in told if said.unknown is not None], until)),
        since=each.first,
        step_seconds=step * int((each.time(1) - each.time(0)).total_seconds()),
        spent=tuple(None if np.isnan(share) else round(float(share), 5) for share in each.share[::step]),
    )


def _stands(each: Flow, told: Sequence[Told], until: datetime) -> Iterator[Stand]:
    """Each rung from when it was taken until another one was."""
    ends: list[datetime | None] = [later.at for later in told[1:]]
    for said, end in zip(told, [*ends, None], strict=False):
        status = said.status
        if status.level is Rungs.NORMAL or said.at > until:
            continue
        yield Stand(
            rung=status.level.value,
            entered=said.at,
            left=end,
            began_before=said.at == each.first,
            pressed_by=status.pressed_by,
            spent=status.spent,
            amount=status.amount,
            forecast=status.forecast,
            exhausts_at=status.exhausts_at,
            because=status.because,
        )


def _gaps(told: Sequence[Told], until: datetime) -> Iterator[Gap]:
    """From what was told when the spend was not known any more, until it was told that it is."""
    began: Told | None = None
    for said in told:
        if began:
            yield Gap(since=began.at, until=said.at, reason=began.unknown or "")
        began = said if said.unknown else None
    if began:
        yield Gap(since=began.at, until=until, reason=began.unknown or "")
