"""The ladder: up at once, down late, and nowhere on what is not known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from autonomic.cost.ladder import rung
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rungs

LADDER = [
    (Rungs.CONSTRAINED, Decimal("0.9")),
    (Rungs.DOWNGRADE, Decimal("0.95")),
    (Rungs.THROTTLE, Decimal(1)),
]
RELEASE = Decimal("0.7")
SHARES = st.decimals(0, 2, places=3)
STANDING = st.sampled_from(list(Rungs))


def step(share: Decimal, standing: Rungs, exhausting: bool = False) -> Rungs:
    return rung(share, standing, LADDER, RELEASE, exhausting=exhausting)


def test_each_rung_is_climbed_at_its_share_and_left_as_far_below_it_as_release_is_below_the_first() -> None:
    climbed = [step(Decimal(share), Rungs.NORMAL).value for share in ("0.899", "0.9", "0.95", "1")]
    assert climbed == ["Normal", "Constrained", "Downgrade", "Throttle"]
    left = [step(Decimal(share), Rungs.THROTTLE).value for share in ("0.8", "0.799", "0.75", "0.749", "0.7", "0.699")]
    assert left == ["Throttle", "Downgrade", "Downgrade", "Constrained", "Constrained", "Normal"]


@given(STANDING, st.booleans())
def test_what_is_not_known_neither_climbs_nor_falls(standing: Rungs, exhausting: bool) -> None:
    assert rung(Unknown("Absent", "no series"), standing, LADDER, RELEASE, exhausting=exhausting) is standing


@given(SHARES, STANDING, st.booleans())
def test_the_rung_is_never_below_what_is_spent(share: Decimal, standing: Rungs, exhausting: bool) -> None:
    reached = [name.height for name, at in LADDER if share >= at]
    assert step(share, standing, exhausting).height >= max(reached, default=0)


@given(SHARES, STANDING, st.booleans())
def test_looking_again_at_the_same_moves_nothing(share: Decimal, standing: Rungs, exhausting: bool) -> None:
    once = step(share, standing, exhausting)
    assert step(share, once, exhausting) is once


@given(SHARES, SHARES, STANDING)
def test_more_spent_never_stands_lower(one: Decimal, other: Decimal, standing: Rungs) -> None:
    low, high = sorted((one, other))
    assert step(low, standing).height <= step(high, standing).height


@given(st.lists(st.decimals("0.82", "0.98", places=3), min_size=2, max_size=20), STANDING)
def test_a_share_that_swings_less_than_the_slack_never_falls(shares: list[Decimal], standing: Rungs) -> None:
    seen = [standing]
    for share in shares:
        seen.append(step(share, seen[-1]))
    heights = [each.height for each in seen]
    assert heights == sorted(heights)


@given(st.decimals(0, "0.699", places=3), STANDING)
def test_below_release_the_pressure_is_over_unless_a_forecast_sees_the_money_run_out(
    share: Decimal, standing: Rungs
) -> None:
    assert step(share, standing) is Rungs.NORMAL
    assert step(share, standing, exhausting=True) is standing


@given(SHARES, STANDING)
def test_a_rung_that_was_taken_out_of_the_ladder_is_not_stood_on(share: Decimal, standing: Rungs) -> None:
    for exhausting in (False, True):
        found = rung(share, standing, LADDER[:1], RELEASE, exhausting=exhausting)
        assert found in (Rungs.NORMAL, Rungs.CONSTRAINED)
