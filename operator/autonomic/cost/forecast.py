"""How long the money lasts: what will be spent by the end of the window, and when nothing is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from autonomic.cost.anomaly import unusual
from autonomic.cost.growth import why
from autonomic.cost.spend import Spend
from autonomic.slo.ledger import Flags, Floats

_N = TypeVar("_N", Decimal, Floats)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the rates foretell. `agreed`: both windows say that the money runs out, or both that it lasts.

    `exhausts_at` is None where it lasts to the end of the window, or the two do not agree. `at_end` goes by the slower of them.
    """

    exhausts_at: datetime | None
    at_end: Decimal
    agreed: bool
    because: str


def forecast(spend: Spend, limit: Decimal) -> Forecast:
    """By the rates of the long and of the short window: a spike alone, or what is long over, foretells nothing.

    A rolling window loses its oldest spend while it gains new: that is taken to leave at the window's mean rate, and the end is
    one window from now.
    """
    horizon = _horizon(spend)
    leaving = spend.amount / _seconds(horizon) if spend.rolling else Decimal(0)
    ends = [_exhausted_after(spend, limit, each.rate - leaving, horizon) for each in (spend.long, spend.short)]
    slower = min(spend.long.rate, spend.short.rate) - leaving
    after = [each for each in ends if each is not None]
    return Forecast(
        exhausts_at=spend.at + max(after) if len(after) == len(ends) else None,
        at_end=max(Decimal(0), spend.amount + slower * _seconds(horizon)),
        agreed=len(after) in (0, len(ends)),
        because=because(spend),
    )


def because(spend: Spend) -> str:
    """Which of tasks, tokens and cost grew, who spends most, whose spend is unusual, and why it is not exact."""
    odd = [f"agent {each.who} spends {each.times:.1f}x {each.against}" for each in unusual(spend)]
    rough = [f"not exact: {', '.join(spend.inexact)}"] if spend.inexact else []
    return "; ".join(filter(None, (why(spend.before, spend.long), *_mostly(spend), *odd, *rough)))[:1024]


def _mostly(spend: Spend) -> Iterator[str]:
    """Who spent more than half of it, where there are several."""
    for dimension, amounts in spend.by.items():
        who = max(amounts, key=lambda each: (amounts[each], each))
        if len(amounts) > 1 and 2 * amounts[who] > spend.amount:
            yield f"{amounts[who] / spend.amount:.0%} of it by {dimension} {who}"


def runs_out(left: _N, growth: _N, seconds: _N) -> bool | Flags:
    """Whether nothing is left so many seconds from now, at that growth a second: now, or at each of many moments."""
    over: bool | Flags = (left <= 0) | (left < growth * seconds)
    return over


def _exhausted_after(spend: Spend, limit: Decimal, growth: Decimal, horizon: timedelta) -> timedelta | None:
    """When nothing is left at that growth a second; None where that is not before the horizon."""
    left = limit - spend.amount
    if not runs_out(left, growth, _seconds(horizon)):
        return None
    return timedelta(seconds=round(left / growth)) if left > 0 else timedelta()


def _horizon(spend: Spend) -> timedelta:
    return spend.whole.ended - (spend.whole.began if spend.rolling else spend.at)


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(seconds=1))
