"""Signals by type: an entry of the catalogue, narrowed by the contract's selector, as what is counted."""

from decimal import Decimal

from autonomic.domain.errors import Invalid
from autonomic.domain.indicators import SignalIndicator
from autonomic.domain.objectives import Objective
from autonomic.domain.promql import Matcher, Selector, matchers, selector
from autonomic.domain.signals.lookup import signal
from autonomic.domain.signals.shapes import Distribution, Level, Ratio, Signal
from autonomic.domain.tenancy import confined
from autonomic.domain.units import milliseconds
from autonomic.slo.histograms import Histogram, labelled
from autonomic.slo.measures import Events, Gauge, Increase, Latest, Measure

_FIELD = "indicator.signal"
_SELECTOR = f"{_FIELD}.selector"


def measure(given: SignalIndicator, objective: Objective, tenant: Matcher | None) -> Measure:
    """What the signal counts. Raises Invalid that names the field, the value and the way out."""
    entry = signal(given.type, given.source, _FIELD)
    narrowing = _narrowing(given, entry)
    _fits(objective, entry)
    if isinstance(entry.shape, Ratio):
        _leaves_out(given, entry, "threshold", "value")
        return _ratio(entry.shape, narrowing, tenant)
    if isinstance(entry.shape, Distribution):
        return _distribution(given, entry, entry.shape, narrowing, tenant)
    _leaves_out(given, entry, "threshold")
    found = _narrowed(entry.shape.gauge, narrowing, tenant)
    bound = Decimal(_needed(given.value, entry, "value", f"the bound in {entry.shape.unit}"))
    return Gauge(Latest(found, entry.shape.aggregate), entry.shape.op, bound)


def _narrowing(given: SignalIndicator, entry: Signal) -> tuple[Matcher, ...]:
    found = matchers(given.selector, _SELECTOR)
    missing = [label for label in entry.narrow_by if all(each.label != label for each in found)]
    if missing:
        raise Invalid(
            f"{_SELECTOR}: {given.selector} mixes what does not add up: {_called(entry)} needs a matcher on {missing[0]}"
        )
    if isinstance(entry.shape, Ratio) and entry.shape.share and not found:
        raise Invalid(f"{_SELECTOR}: {_called(entry)} is a share of all: say whose, by a matcher on a label")
    return found


def _fits(objective: Objective, entry: Signal) -> None:
    slices, target = objective.budgeting == "Timeslices", objective.slices and objective.slices.target
    if isinstance(entry.shape, Level):
        if not slices:
            raise Invalid(
                f"budgeting: {objective.budgeting} counts events, but {_called(entry)} is a gauge,"
                " judged slice by slice: set budgeting to Timeslices"
            )
        if target:
            raise Invalid(f"slices.target: {target} means nothing for {_called(entry)}, a gauge: leave it out")
    elif slices and not target:
        raise Invalid(
            f"slices.target: {_called(entry)} counts events, so that Timeslices need it:"
            " the share of good events at which a slice is good"
        )


def _ratio(shape: Ratio, narrowing: tuple[Matcher, ...], tenant: Matcher | None) -> Events:
    side = "good" if shape.good else "bad"
    counted = _narrowed(shape.good or shape.bad or "", narrowing, tenant)
    total = _narrowed(shape.total, () if shape.share else narrowing, tenant)
    return Events(Increase(total), **{side: Increase(counted)})


def _distribution(
    given: SignalIndicator, entry: Signal, shape: Distribution, narrowing: tuple[Matcher, ...], tenant: Matcher | None
) -> Events:
    if shape.of_time:
        _leaves_out(given, entry, "value")
        bound = Decimal(milliseconds(_needed(given.threshold, entry, "threshold", "the slowest good event")))
        bound = bound / 1000 if shape.unit == "Seconds" else bound
    else:
        _leaves_out(given, entry, "threshold")
        bound = Decimal(_needed(given.value, entry, "value", f"the most {shape.unit.lower()} of a good event"))
    fixed = matchers(shape.matchers, _FIELD)
    series = confined(labelled(shape.histogram, (*fixed, *narrowing), _SELECTOR), _SELECTOR, tenant)
    return Histogram(series, native=False).up_to(bound)


def _narrowed(text: str, narrowing: tuple[Matcher, ...], tenant: Matcher | None) -> Selector:
    return confined(selector(text, _FIELD).also(*narrowing), _SELECTOR, tenant)


def _called(entry: Signal) -> str:
    return f"{entry.type} of {entry.source}"


def _needed(value: str | None, entry: Signal, name: str, what: str) -> str:
    if value is None:
        raise Invalid(f"{_FIELD}.{name}: {_called(entry)} needs it: give {what}")
    return value


def _leaves_out(given: SignalIndicator, entry: Signal, *names: str) -> None:
    for name in names:
        value = getattr(given, name)
        if value is not None:
            raise Invalid(f"{_FIELD}.{name}: {value} means nothing for {_called(entry)}: leave it out")
