"""What a contract's status says, in conditions and in words, and what is told because of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from autonomic.cycle.reporting import differs
from autonomic.domain.budgets import Assessment
from autonomic.domain.contracts import Checkpoint, SLAContract, SLAContractStatus
from autonomic.domain.findings import Report
from autonomic.domain.meta import condition
from autonomic.domain.readings import Unknown
from autonomic.domain.words import Truth
from autonomic.slo.reporting import Known, not_judged, report
from tests.unit.domain.specimens import NOW, contract, objective
from tests.unit.slo.answering import Counts, judged

WELL: dict[str, Counts] = {"28d": (10, 100_000), "1h": (0, 1000), "5m": (0, 100)}
BREACH: dict[str, Counts] = {"28d": (10, 100_000), "1h": (100, 1000), "5m": (10, 100)}
SPENT: dict[str, Counts] = {"28d": (500, 100_000), "1h": (10, 1000), "5m": (1, 100)}
NAN = Unknown("NotANumber", "NaN")


def told(counts: dict[str, Counts], kept: SLAContract | None = None, known: Known | None = None, **more: Any) -> Report:
    return of((judged(counts, **more),), kept, known)


def of(seen: tuple[Assessment, ...], kept: SLAContract | None = None, known: Known | None = None) -> Report:
    return report(kept or contract(), seen, known or Known(seen[0].at if seen else NOW))


def status_of(one: Report) -> SLAContractStatus:
    assert isinstance(one.status, SLAContractStatus)
    return one.status


def conditions_of(one: Report) -> dict[str, tuple[Truth, str]]:
    return {each.type: (each.status, each.reason) for each in status_of(one).conditions}


def message(one: Report, name: str) -> str:
    found = condition(status_of(one).conditions, name)
    assert found is not None
    return found.message


def keep(one: Report, kept: SLAContract | None = None) -> SLAContract:
    return (kept or contract()).model_copy(update={"status": one.status})


def test_a_breach_is_told_in_conditions() -> None:
    assert conditions_of(told(BREACH)) == {
        "Ready": (Truth.TRUE, "Evaluated"),
        "DataAvailable": (Truth.TRUE, "Available"),
        "BudgetWarning": (Truth.FALSE, "Quiet"),
        "Breached": (Truth.TRUE, "Firing"),
        "Exhausted": (Truth.FALSE, "Quiet"),
        "HistoryRetained": (Truth.UNKNOWN, "NotSaid"),
    }
    assert message(told(BREACH), "Breached") == "objectives: success"


def test_no_data_is_told_in_conditions_and_never_as_a_quiet_alert() -> None:
    seen = conditions_of(told(BREACH, problem=NAN))
    assert seen["DataAvailable"] == (Truth.FALSE, "NotANumber")
    assert seen["Ready"] == (Truth.TRUE, "Evaluated")
    assert {seen[name][0] for name in ("BudgetWarning", "Breached", "Exhausted")} == {Truth.UNKNOWN}


def test_an_objective_without_data_does_not_hide_another_s_alert() -> None:
    kept = contract(objectives=[objective(name="blind"), objective()])
    seen = conditions_of(of((judged(WELL, problem=NAN, name="blind"), judged(BREACH)), kept))
    assert seen["DataAvailable"] == (Truth.FALSE, "NotANumber")
    assert seen["Breached"] == (Truth.TRUE, "Firing")
    assert seen["Exhausted"] == (Truth.FALSE, "Quiet")


def test_the_worst_objective_is_on_top() -> None:
    kept = contract(objectives=[objective(), objective(name="other")])
    top = status_of(of((judged(WELL), judged(BREACH, name="other")), kept)).worst
    assert top is not None
    assert (top.name, top.alert) == ("other", "Breach")


GROUPED = contract(objectives=[objective(groupBy=["tenant"], maxGroups=2)])


def test_of_groups_the_worst_is_on_top_and_speaks_for_the_objective() -> None:
    groups = [((("tenant", name),), counts) for name, counts in (("acme", WELL), ("beta", SPENT), ("core", BREACH))]
    seen = tuple(judged(counts, group=group, groupBy=["tenant"]) for group, counts in groups)
    status = status_of(of(seen, GROUPED))
    assert status.worst is not None
    assert (status.worst.alert, status.worst.groups) == ("Exhausted", ())
    assert [each.alert for each in status.objectives[0].groups] == ["None", "Exhausted", "Breach"]
    assert conditions_of(of(seen, GROUPED))["Exhausted"] == (Truth.TRUE, "Firing")


def test_without_any_group_there_is_no_data() -> None:
    seen = of((), GROUPED)
    assert conditions_of(seen)["DataAvailable"] == (Truth.FALSE, "NoGroups")
    assert message(seen, "DataAvailable") == "success: no series has the labels of groupBy"
    assert conditions_of(seen)["Breached"] == (Truth.UNKNOWN, "NoData")


def test_too_many_groups_are_told_with_the_way_out_while_the_rest_is_judged() -> None:
    seen = judged(WELL, group=(("tenant", "acme"),), groupBy=["tenant"])
    crowded = of((seen,), GROUPED, Known(NOW, crowded={"success": 7}))
    assert conditions_of(crowded)["Ready"] == (Truth.TRUE, "TooManyGroups")
    assert message(crowded, "Ready").startswith("success has 7 groups, 2 are judged: raise maxGroups")


@pytest.mark.parametrize(
    ("retention", "wanted"),
    [
        (None, (Truth.UNKNOWN, "NotSaid")),
        (timedelta(days=28), (Truth.TRUE, "Retained")),
        (timedelta(days=27), (Truth.FALSE, "RetentionTooShort")),
    ],
)
def test_a_server_that_forgets_sooner_than_the_period_ends_is_told(
    retention: timedelta | None, wanted: tuple[Truth, str]
) -> None:
    seen = told(WELL, known=Known(NOW, retention=retention))
    assert conditions_of(seen)["HistoryRetained"] == wanted
    assert conditions_of(seen)["Ready"] == (Truth.TRUE, "Evaluated")


def test_a_short_retention_is_told_with_both_lengths() -> None:
    said = message(told(WELL, known=Known(NOW, retention=timedelta(days=15))), "HistoryRetained")
    assert said.startswith("success: the server keeps samples for 15d, the period 28d is longer")


def test_what_became_of_publishing_is_told_beside_the_rest() -> None:
    published = ("Published", Truth.TRUE, "Written", "PrometheusRule agent")
    assert conditions_of(told(WELL, known=Known(NOW, published=published)))["Published"] == (Truth.TRUE, "Written")


MADE = Checkpoint(through=datetime(2025, 1, 1, tzinfo=UTC), days=("1/2",))


def test_a_checkpoint_is_kept_until_there_is_a_newer_one() -> None:
    kept = keep(told(WELL, known=Known(NOW, checkpoints={"success": MADE})))
    assert status_of(told(WELL, kept)).objectives[0].checkpoint == MADE
    newer = MADE.model_copy(update={"days": ("5/6", "1/2")})
    again = status_of(told(WELL, kept, Known(NOW, checkpoints={"success": newer})))
    assert again.objectives[0].checkpoint == newer
    assert again.worst is not None
    assert again.worst.checkpoint is None


def test_a_contract_that_can_t_work_says_why_and_knows_nothing() -> None:
    seen = not_judged(contract(), "InvalidIndicator", "indicator.ratio.bad: no", NOW)
    assert conditions_of(seen) == {
        "Ready": (Truth.FALSE, "InvalidIndicator"),
        **dict.fromkeys(
            ("DataAvailable", "BudgetWarning", "Breached", "Exhausted"), (Truth.UNKNOWN, "InvalidIndicator")
        ),
    }
    assert message(seen, "Ready") == "indicator.ratio.bad: no"
    assert status_of(seen).objectives == ()
    assert [each.name for each in seen.facts] == ["ContractNotReady"]


def test_a_contract_that_still_can_t_work_is_told_once() -> None:
    first = not_judged(contract(), "InvalidIndicator", "no", NOW)
    second = not_judged(keep(first), "InvalidIndicator", "no", NOW + timedelta(minutes=1))
    assert second.facts == ()
    assert not differs(keep(first), second.status)
    other = not_judged(keep(first), "NamespaceNotEnabled", "no", NOW)
    assert [each.name for each in other.facts] == ["ContractNotReady"]


def test_a_turn_that_sees_the_same_again_writes_nothing_and_tells_nothing() -> None:
    kept = keep(told(BREACH))
    second = told({**BREACH, "5m": (12, 110)}, kept, now=NOW + timedelta(minutes=1))
    assert not differs(kept, second.status)
    assert second.facts == ()


@pytest.mark.parametrize(("total", "later"), [(5, 6), (0, 99)])
def test_a_standing_lack_of_data_is_written_once_though_its_figure_moves(total: int, later: int) -> None:
    few = {**WELL, "28d": (0.0, float(total))}
    kept = keep(told(few))
    second = told({**few, "28d": (0, later)}, kept, now=NOW + timedelta(minutes=1))
    assert not differs(kept, second.status)


def test_each_transition_is_told_once_with_both_levels() -> None:
    kept, facts = contract(), []
    for minute, counts in enumerate([WELL, BREACH, BREACH, SPENT, WELL, WELL]):
        one = told(counts, kept, now=NOW + timedelta(minutes=minute))
        kept = keep(one, kept)
        facts += [(each.message.partition(";")[0], each.warning) for each in one.facts]
    assert facts == [
        ("success: None -> Breach", True),
        ("success: Breach -> Exhausted", True),
        ("success: Exhausted -> None", False),
    ]


def test_the_first_look_tells_an_alert_and_no_calm() -> None:
    assert told(WELL).facts == ()
    assert [each.message.partition(";")[0] for each in told(BREACH).facts] == ["success: new -> Breach"]


def test_the_status_is_worth_a_write_when_the_level_changes_or_the_spec_did() -> None:
    kept = keep(told(WELL))
    assert differs(kept, told(BREACH, kept).status)
    changed = kept.model_copy(update={"metadata": kept.metadata.model_copy(update={"generation": 2})})
    assert differs(changed, told(WELL, changed).status)
    assert not differs(kept, told(WELL, kept).status)
