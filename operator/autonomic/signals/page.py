"""The part of `/metrics` that tells what was pushed, as text of Prometheus and of OpenMetrics alike."""

from collections.abc import Iterator, Mapping, Sequence

from autonomic.signals.series import Row, Series
from autonomic.signals.tally import Tally

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def page(series: Series, tally: Tally, now: float, openmetrics: bool = False) -> str:
    """Every line, without an end mark. Takes about half a microsecond a line."""
    rows = series.rows(now)
    return "".join((*_figures(series, tally, openmetrics), *_pushed(rows, openmetrics)))


def _pushed(rows: Sequence[Row], openmetrics: bool) -> Iterator[str]:
    yield _head("autonomic_signal_last", "Newest value of pushed signals, by their labels.", "gauge")
    yield "".join([f"autonomic_signal_last{row.body}{row.last!r}\n" for row in rows])
    yield _head("autonomic_signal_sum", "Sum of the values of pushed signals; values may be negative.", "gauge")
    yield "".join([f"autonomic_signal_sum{row.body}{row.sum!r}\n" for row in rows])
    family = "autonomic_signal_occurrences" + ("" if openmetrics else "_total")
    yield _head(family, "How many signals were pushed, by their labels.", "counter")
    yield "".join([f"autonomic_signal_occurrences_total{row.body}{row.count}\n" for row in rows])


def _figures(series: Series, tally: Tally, openmetrics: bool) -> Iterator[str]:
    by_sender = (
        ("accepted", "Pushed signals that were kept, by sender.", tally.accepted),
        ("duplicates", "Pushed signals that had been kept before, by sender.", tally.duplicates),
        ("unknown", "Kept signals of a type that the catalogue does not have: nothing acts on them.", tally.unknown),
        ("truncated", "Alerts that Alertmanager left out of its notifications.", tally.truncated),
    )
    for name, meaning, counts in by_sender:
        labelled = {f'{{sender="{_text(sender)}"}} ': number for sender, number in counts.items()}
        yield _counter(f"autonomic_signals_{name}", meaning, labelled, openmetrics)
    refused = {
        f'{{reason="{reason}",sender="{_text(sender)}"}} ': number for (sender, reason), number in tally.refused.items()
    }
    yield _counter(
        "autonomic_signals_refused", "Events and requests that were not accepted, by reason.", refused, openmetrics
    )
    yield _counter(
        "autonomic_signals_unexported", "Kept signals that are in no series.", {" ": series.unexported}, openmetrics
    )


def _counter(name: str, meaning: str, numbers: Mapping[str, int], openmetrics: bool) -> str:
    family = name if openmetrics else f"{name}_total"
    lines = "".join(f"{name}_total{labels}{number}\n" for labels, number in sorted(numbers.items()))
    return _head(family, meaning, "counter") + lines


def _head(family: str, meaning: str, kind: str) -> str:
    return f"# HELP {family} {meaning}\n# TYPE {family} {kind}\n"


def _text(value: str) -> str:
    return value.translate(_ESCAPES)
