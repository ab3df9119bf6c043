"""What an alert says to the person whom it wakes: what fails, how much may, what happens next, and where to look."""

from decimal import Decimal

from autonomic.domain.alerting import AlertWindow
from autonomic.domain.objectives import Objective
from autonomic.publishing.numbers import number, percent
from autonomic.publishing.series import Subject

_FAILED = "{{ $value | humanizePercentage }}"
_HOUR = 3_600_000


def burning(tier: AlertWindow, objective: Objective, subject: Subject) -> dict[str, str]:
    """The words of a tier."""
    lasts = _span(Decimal(objective.period) / Decimal(tier.factor))
    return {
        "summary": f"{_whose(subject)} is failing too often to keep its promise",
        "description": (
            f"{_FAILED} of {_what(objective)} were bad in the last {tier.long}; {percent(1 - objective.ratio_target)} may"
            f" be, and it still goes on (last {tier.short}). At more than"
            f" {number(tier.factor)}x the rate that the budget allows, a whole budget is gone in less than {lasts}."
            f" {_look(subject)}"
        ),
    }


def exhausted(period: str, objective: Objective, subject: Subject) -> dict[str, str]:
    """The words of a budget that is spent."""
    return {
        "summary": f"{_whose(subject)} has no error budget left",
        "description": (
            f"{_FAILED} of {_what(objective)} were bad in the last {period}, and {percent(1 - objective.ratio_target)} is"
            f" all that the promise of {objective.target}% allows. Hold back risky changes until it recovers."
            f" {_look(subject)}"
        ),
    }


def unknown(patience: str, objective: Objective, subject: Subject) -> dict[str, str]:
    """The words of an objective without data."""
    plain = Subject(subject.namespace, subject.contract, subject.objective)
    return {
        "summary": f"{_whose(plain)} can't be judged: there is no data",
        "description": (
            f"For {patience} there has been nothing to count {_what(objective)} by, so no other alert of this objective"
            f" can fire. See whether the workload runs, and whether its metrics are scraped. {_look(subject)}"
        ),
    }


def _whose(subject: Subject) -> str:
    groups = ", ".join(f"{label} {{{{ $labels.{label} }}}}" for label in subject.groups)
    return f"{subject.objective} of {subject.namespace}/{subject.contract}" + (f" for {groups}" if groups else "")


def _what(objective: Objective) -> str:
    return "events" if objective.budgeting == "Occurrences" else f"slices of {objective.slice_length}"


def _look(subject: Subject) -> str:
    return f"Look: kubectl describe slacontract {subject.contract} -n {subject.namespace}"


def _span(length: Decimal) -> str:
    """Milliseconds as a person says them, to the hour or the minute: `2d 2h`, `5h`, `40m`."""
    if length < _HOUR:
        return f"{_up(length / 60_000)}m"
    days, hours = divmod(_up(length / _HOUR), 24)
    return " ".join(f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h")) if count)


def _up(value: Decimal) -> int:
    return int(-(-value // 1))
