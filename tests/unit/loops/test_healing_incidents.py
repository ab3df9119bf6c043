"""What a playbook's incident is: a gap in the data neither begins nor ends it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from autonomic.domain.findings import Analysis
from autonomic.domain.playbooks import SelfHealingPlaybook, SelfHealingPlaybookStatus
from autonomic.domain.readings import Known, Reading, Unknown
from autonomic.domain.view import View
from autonomic.healing.matching import held, present
from autonomic.loops.healing import HealingLoop
from tests.unit.domain.specimens import NOW, loop, namespace, playbook

TROUBLE, QUIET, GAP = Known(Decimal("0.06")), Known(Decimal("0.01")), Unknown("MetricsUnavailable", "down")


def turned(book: SelfHealingPlaybook, reading: Reading, minute: int = 0) -> tuple[SelfHealingPlaybook, Analysis]:
    """The playbook after a turn with that reading at that minute, and what the turn concluded."""
    now = NOW + timedelta(minutes=minute)
    seen = View(now, playbooks={book.key: book}, namespaces={"shop": namespace()})
    trigger = book.spec.triggers[0]
    answers = {present(trigger, now, None): Known(Decimal(1)), held(trigger, now, None): reading}
    analysis = HealingLoop().analyze(loop("Healing"), seen, answers)
    status = analysis.reports[0].status
    assert isinstance(status, SelfHealingPlaybookStatus)
    return book.model_copy(update={"status": status}), analysis


def test_a_gap_in_the_data_names_the_same_plan_afterwards() -> None:
    book, first = turned(playbook(), TROUBLE)
    began = book.status.incident
    book, blind = turned(book, GAP, 1)
    assert (book.status.incident, blind.findings) == (began, ())
    _, again = turned(book, TROUBLE, 2)
    assert [each.name for each in again.findings] == [each.name for each in first.findings]


@pytest.mark.parametrize(("reading", "goes_on"), [(TROUBLE, True), (GAP, True), (QUIET, False)])
def test_an_incident_ends_when_the_trigger_is_known_not_to_hold(reading: Reading, goes_on: bool) -> None:
    book, _ = turned(playbook(), TROUBLE)
    book, _ = turned(book, reading)
    assert (book.status.incident is not None) == goes_on


def test_a_gap_begins_no_incident() -> None:
    book, _ = turned(playbook(), GAP)
    assert book.status.incident is None
