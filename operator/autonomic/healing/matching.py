"""A playbook's trigger as a question, and the answer as a match.

The comparison must have held for the whole of `for`, on one series at least: for "greater" the minimum over that time is
compared, for "less" the maximum, and only of series that were there when it began and are there now. So nothing has to be
remembered between turns, and a restart forgets nothing. Where tenants share a server, `tenant` is the matcher that every
selector carries.
"""

from datetime import datetime
from decimal import Decimal

from autonomic.domain.playbooks import PlaybookTrigger
from autonomic.domain.promql import Matcher, selector
from autonomic.domain.readings import Question
from autonomic.domain.tenancy import confined
from autonomic.domain.words import Comparison

_FIELD = "prometheus.selector"
_RISING = (Comparison.GT, Comparison.GE)


def held(trigger: PlaybookTrigger, at: datetime, tenant: Matcher | None) -> Question:
    """The mildest value over `for` of the worst series; absent when no series is old enough. Raises Invalid, as all here."""
    return Question(worst(_selector(trigger, tenant), trigger.op, trigger.hold), at)


def present(trigger: PlaybookTrigger, at: datetime, tenant: Matcher | None) -> Question:
    """How many series there are now: none means that nothing is known."""
    return Question(f"count({_selector(trigger, tenant)})", at)


def quiet(trigger: PlaybookTrigger, tenant: Matcher | None) -> str:
    """PromQL for the worst value now; the trouble is over when the comparison no longer holds for it."""
    return f"{'max' if trigger.op in _RISING else 'min'}({_selector(trigger, tenant)})"


def worst(series: str, op: Comparison, hold: str) -> str:
    """PromQL: the worst series by its mildest value over `hold`."""
    over, across = ("min_over_time", "max") if op in _RISING else ("max_over_time", "min")
    return f"{across}({over}({series}[{hold}]) and {series} and ({series} offset {hold}))"


def holds(value: Decimal, op: Comparison, bound: Decimal) -> bool:
    """The comparison itself."""
    return {
        Comparison.GT: value > bound,
        Comparison.GE: value >= bound,
        Comparison.LT: value < bound,
        Comparison.LE: value <= bound,
    }[op]


def _selector(trigger: PlaybookTrigger, tenant: Matcher | None) -> str:
    assert trigger.prometheus is not None  # noqa: S101 - the union's type says so
    return str(confined(selector(trigger.prometheus.selector, _FIELD), _FIELD, tenant))
