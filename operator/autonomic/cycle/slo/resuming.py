"""What a contract's status tells an engine that has just begun: days that the server forgot, alerts that go on."""

from collections.abc import Sequence
from decimal import Decimal

from autonomic.domain.view import View
from autonomic.domain.words import Level
from autonomic.slo.checkpoints import remembered
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import milliseconds_of
from autonomic.slo.promises import Promise


def remembered_days(promises: Sequence[Promise], view: View) -> dict[int, dict[int, tuple[Decimal, Decimal]]]:
    """What the contracts' statuses have kept of days that the server may have forgotten."""
    found = {}
    for at, promise in enumerate(promises):
        contract = view.contracts.get(promise.contract)
        told = contract.status.objective(promise.objective.name) if contract and promise.part is None else None
        if told and told.checkpoint and not promise.group:
            found[at] = remembered(told.checkpoint)
    return found


def resume(cohort: Cohort, at: int, view: View) -> None:
    """Lets an alert that the contract's status shows go on, so that a restart does not end it early."""
    promise = cohort.promises[at]
    contract = view.contracts.get(promise.contract)
    for told in contract.status.objectives if contract else ():
        if told.name == promise.objective.name and told.alert in Level.__members__.values() and not promise.group:
            until = milliseconds_of(view.now) + int(cohort.terms.kept[at])
            cohort.hysteresis.resume(at, Level(told.alert), until)
