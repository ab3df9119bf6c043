"""The ladder: on which rung a budget stands, with hysteresis. What is not known moves nothing."""

from collections.abc import Sequence
from decimal import Decimal

from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rungs

Steps = Sequence[tuple[Rungs, Decimal]]
"""Rungs and the share of the limit at which each is reached, lowest first."""


def rung(
    share: Decimal | Unknown, standing: Rungs, ladder: Steps, release: Decimal, *, exhausting: bool = False
) -> Rungs:
    """Where the budget stands now that `share` of it is spent (1 is all).

    Up at once, as high as the share reaches. Down only once the share is as far below the rung as release is below the first
    one, and not while a forecast sees the limit spent within the window. Unknown stays where it stood.
    """
    if isinstance(share, Unknown) or not ladder:
        return standing
    reached = _highest(share, ladder, Decimal(0))
    if reached.height >= standing.height:
        return reached
    if exhausting and standing in (name for name, _ in ladder):
        return standing
    held = _highest(share, ladder, ladder[0][1] - release)
    return min(standing, max(reached, held, key=_height), key=_height)


def _highest(share: Decimal, ladder: Steps, slack: Decimal) -> Rungs:
    """The highest rung that the share reaches with this much slack; Normal where it reaches none."""
    return max((name for name, at in ladder if share >= at - slack), key=_height, default=Rungs.NORMAL)


def _height(name: Rungs) -> int:
    return name.height
