"""Signals of the catalogue, said as the plain indicators that they stand for."""

from decimal import Decimal

from autonomic.domain.borders import BUCKET, border
from autonomic.domain.errors import Invalid
from autonomic.domain.indicators import (
    Indicator,
    LatencyIndicator,
    RatioIndicator,
    SignalIndicator,
    ThresholdIndicator,
)
from autonomic.domain.promql import matchers, selector
from autonomic.domain.signals.lookup import signal
from autonomic.domain.signals.shapes import Distribution, Level, Ratio

_FIELD = "signal"


def spelt_out(given: SignalIndicator) -> Indicator | None:
    """The same as selectors; None for a signal that the catalogue does not have, or that lacks its bound."""
    try:
        shape = signal(given.type, given.source, _FIELD).shape
        if isinstance(shape, Ratio):
            return Indicator(ratio=_ratio(shape, given.selector))
        return _distribution(shape, given) if isinstance(shape, Distribution) else _level(shape, given)
    except Invalid:
        return None


def _ratio(shape: Ratio, narrowing: str) -> RatioIndicator:
    total = shape.total if shape.share else _narrowed(shape.total, narrowing)
    good, bad = (_narrowed(side, narrowing) if side else None for side in (shape.good, shape.bad))
    return RatioIndicator(total=total, good=good, bad=bad)


def _distribution(shape: Distribution, given: SignalIndicator) -> Indicator | None:
    narrowing = matchers(shape.matchers, _FIELD) + matchers(given.selector, _FIELD)
    text = ",".join(str(each) for each in narrowing)
    if given.threshold and shape.unit != "Tokens":
        latency = LatencyIndicator(
            histogram=shape.histogram, selector=f"{{{text}}}", threshold=given.threshold, unit=shape.unit
        )
        return Indicator(latency=latency)
    if given.value is None or shape.of_time:
        return None
    good = _narrowed(f"{shape.histogram}{BUCKET}{{{border(Decimal(given.value))}}}", f"{{{text}}}")
    return Indicator(ratio=RatioIndicator(good=good, total=_narrowed(f"{shape.histogram}_count", f"{{{text}}}")))


def _level(shape: Level, given: SignalIndicator) -> Indicator | None:
    if given.value is None:
        return None
    gauge = ThresholdIndicator.model_validate(
        {
            "selector": _narrowed(shape.gauge, given.selector),
            "aggregate": shape.aggregate.title(),
            "op": shape.op,
            "value": given.value,
        }
    )
    return Indicator(threshold=gauge)


def _narrowed(text: str, narrowing: str) -> str:
    return str(selector(text, _FIELD).also(*matchers(narrowing, _FIELD)))
