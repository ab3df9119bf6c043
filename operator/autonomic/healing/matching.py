"""A Prometheus trigger as questions, and the answers as what was seen.

The comparison must have held for the whole of `for`, on one series at least: for "greater" the minimum over that time is
compared, for "less" the maximum, and only of series that were there when it began and are there now. So nothing has to be
remembered between turns, and a restart forgets nothing. Where tenants share a server, `tenant` is the matcher that every
selector carries.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from re import compile as pattern

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher, selector
from autonomic.domain.readings import Absent, Answers, Known, Question, Reading, Several, Unknown
from autonomic.domain.tenancy import confined
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.units import duration, milliseconds
from autonomic.domain.words import Comparison, Truth
from autonomic.healing.seen import Seen

_FIELD = "prometheus.selector"
_LABEL = pattern(r"[a-zA-Z_][a-zA-Z0-9_]*")
_RISING = (Comparison.GT, Comparison.GE)
_STEPS = 4
"""Evaluations of a rate, or of a moment in `within`, in one `for`."""


def questions(
    trigger: PlaybookTrigger, at: datetime, tenant: Matcher | None, by: str | None = None
) -> tuple[Question, Question]:
    """What must be asked to judge the trigger: what it compares, and whether anything is known. Raises Invalid, as all here.

    `by` is the label that tells targets apart: each is asked for by itself.
    """
    if by and not _LABEL.fullmatch(by):
        raise Invalid(f"target.fromSignal.label: {by!r} is no label of a series: letters, digits and _, no digit first")
    return held(trigger, at, tenant, by), present(trigger, at, tenant, by)


def held(trigger: PlaybookTrigger, at: datetime, tenant: Matcher | None, by: str | None = None) -> Question:
    """The mildest value over `for` of the worst series; absent when no series is old enough. Of an absence: what is there."""
    series, hold = _selector(trigger, tenant), _hold(trigger)
    if trigger.absent:
        return Question(f"count(last_over_time({series}[{hold}]))", at, server=trigger.server)
    if trigger.within or _rate(trigger):
        return Question(_any_time(trigger, series, by), at, by=by, server=trigger.server)
    return Question(worst(series, _op(trigger), hold, by), at, by=by, server=trigger.server)


def present(trigger: PlaybookTrigger, at: datetime, tenant: Matcher | None, by: str | None = None) -> Question:
    """How many series there are now, or of an absence: were there before. None means that nothing is known."""
    series = _selector(trigger, tenant)
    if trigger.absent:
        before = f"count(last_over_time({series}[{trigger.reach}] offset {_hold(trigger)}))"
        return Question(before, at, server=trigger.server)
    return Question(f"count{_by(by)}({series})", at, by=by, server=trigger.server)


def quiet(trigger: PlaybookTrigger, tenant: Matcher | None, about: Matcher | None = None) -> str:
    """PromQL for the worst value now, of all series or of one target's; it is over when the comparison no longer holds."""
    series, rate = _selector(trigger, tenant, about), _rate(trigger)
    if trigger.absent:
        return f"count({series})"
    return f"{'max' if _op(trigger) in _RISING else 'min'}({f'rate({series}[{rate}])' if rate else series})"


def worst(series: str, op: Comparison, hold: str, by: str | None = None) -> str:
    """PromQL: the worst series by its mildest value over `hold`."""
    over, across = ("min_over_time", "max") if op in _RISING else ("max_over_time", "min")
    return f"{across}{_by(by)}({over}({series}[{hold}]) and {series} and ({series} offset {hold}))"


def targets(trigger: PlaybookTrigger, asked: tuple[Question, Question], answers: Answers) -> Iterable[str]:
    """The values of the label for which the comparison held."""
    mildest = answers[asked[0]]
    for name, reading in mildest.readings.items() if isinstance(mildest, Several) else ():
        if isinstance(reading, Known) and holds(reading.value, _op(trigger), Decimal(trigger.value or 0)):
            yield name


def seen(
    trigger: PlaybookTrigger, asked: tuple[Question, Question], answers: Answers, target: str | None = None
) -> Seen:
    """What the answers mean; for one target where each was asked for by itself."""
    mildest, there = (_of(answers[each], target) for each in asked)
    for reading in (there, mildest):
        if isinstance(reading, Unknown):
            return Seen(Truth.UNKNOWN, reading.reason, reading.message)
    if not isinstance(there, Known):
        return Seen(Truth.UNKNOWN, "NoData", f"Prometheus has{' had' if trigger.absent else ''} no such series")
    return _absence(trigger, mildest) if trigger.absent else _comparison(trigger, mildest)


def still(trigger: PlaybookTrigger, reading: Reading) -> Seen:
    """Whether the trouble is there in the answer to `quiet`."""
    if isinstance(reading, Unknown):
        return Seen(Truth.UNKNOWN, reading.reason, reading.message)
    if trigger.absent:
        there = isinstance(reading, Known)
        return Seen(
            Truth.FALSE if there else Truth.TRUE, "Asked", f"{trigger.name} is {'there' if there else 'missing'}"
        )
    if isinstance(reading, Absent):
        return Seen(Truth.UNKNOWN, "NoData", "Prometheus has no such series")
    bad = holds(reading.value, _op(trigger), Decimal(trigger.value or 0))
    words = f"{trigger.name} is {reading.value}, and must not be {trigger.op} {trigger.value}"
    return Seen(Truth.TRUE if bad else Truth.FALSE, "Asked", words)


def holds(value: Decimal, op: Comparison, bound: Decimal) -> bool:
    """The comparison itself."""
    return {
        Comparison.GT: value > bound,
        Comparison.GE: value >= bound,
        Comparison.LT: value < bound,
        Comparison.LE: value <= bound,
    }[op]


def _of(reading: Reading, target: str | None) -> Reading:
    return reading.readings.get(target or "", Absent()) if isinstance(reading, Several) else reading


def _by(label: str | None) -> str:
    return f" by ({label}) " if label else ""


def _comparison(trigger: PlaybookTrigger, mildest: Reading) -> Seen:
    if isinstance(mildest, Known) and holds(mildest.value, _op(trigger), Decimal(trigger.value or 0)):
        lately = f" within {trigger.within}" if trigger.within else ""
        return Seen(
            Truth.TRUE, "Held", f"{trigger.name} has held for {trigger.hold}{lately}", mildest.value, trigger.name
        )
    return Seen(Truth.FALSE, "Quiet", f"{trigger.name} does not hold")


def _absence(trigger: PlaybookTrigger, mildest: Reading) -> Seen:
    if isinstance(mildest, Absent):
        return Seen(Truth.TRUE, "Held", f"{trigger.name} has been missing for {trigger.hold}", Decimal(0), trigger.name)
    return Seen(Truth.FALSE, "Quiet", f"{trigger.name} does not hold")


def _any_time(trigger: PlaybookTrigger, series: str, by: str | None) -> str:
    """The worst series by the worst of its mildest values over `for`, now or at any time in `within`."""
    rising, hold, rate = _op(trigger) in _RISING, _hold(trigger), _rate(trigger)
    over, across = ("min_over_time", "max") if rising else ("max_over_time", "min")
    step = duration(max(1000, milliseconds(hold) // _STEPS))
    value = f"rate({series}[{rate}])" if rate else series
    before = f"rate({series}[{rate}] offset {hold})" if rate else f"{series} offset {hold}"
    mildest = f"{over}({value}[{hold}{f':{step}' if rate else ''}]) and ({before})"
    if trigger.within:
        return f"{across}{_by(by)}({across}_over_time(({mildest})[{trigger.within}:{step}]))"
    return f"{across}{_by(by)}({mildest} and {value})"


def _selector(trigger: PlaybookTrigger, tenant: Matcher | None, about: Matcher | None = None) -> str:
    assert trigger.prometheus is not None  # noqa: S101 - the union's type says so
    found = confined(selector(trigger.prometheus.selector, _FIELD), _FIELD, tenant)
    return str(found.also(about) if about else found)


def _rate(trigger: PlaybookTrigger) -> str | None:
    return trigger.prometheus.rate if trigger.prometheus else None


def _hold(trigger: PlaybookTrigger) -> str:
    assert trigger.hold is not None  # noqa: S101 - the trigger's own rules say so
    return trigger.hold


def _op(trigger: PlaybookTrigger) -> Comparison:
    assert trigger.op is not None  # noqa: S101 - the trigger's own rules say so
    return trigger.op
