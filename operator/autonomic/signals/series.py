"""What was pushed, as series for Prometheus: last value, sum and count of each set of labels.

A sender that makes more series than it may is heard all the same: its further signals are summed up under `overflow="true"`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from autonomic.domain.signals.received import Signal
from autonomic.signals.limits import Limits

UNIQUE = frozenset({"task", "run"})
"""Labels that name one occurrence: they are acted on, and no series is made of them."""

_OURS = ("signal", "overflow", "le", "quantile")
_SLACK = 2
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Row:
    """One set of labels. `body` is written between the metric's name and its value."""

    __slots__ = ("at", "body", "count", "last", "owner", "sum", "touched")

    def __init__(self, body: str, owner: str) -> None:
        self.body = body
        self.owner = owner
        self.last = self.sum = self.touched = 0.0
        self.at = _LONG_AGO
        self.count = 0

    def add(self, signal: Signal, now: float) -> None:
        """One more; what is older than the newest known does not replace the last value."""
        if signal.at >= self.at:
            self.at, self.last = signal.at, signal.value
        self.sum += signal.value
        self.count += 1
        self.touched = now


class Series:
    """All rows. `namespace_label` is the label that holds a signal's namespace; times are monotonic seconds."""

    def __init__(self, limits: Limits, namespace_label: str) -> None:
        self.unexported = 0
        """Signals for which there was no room even in a sum."""
        self._limits = limits
        self._namespace_label = namespace_label
        self._ours = frozenset({*_OURS, namespace_label})
        self._known: dict[tuple[str, str, frozenset[tuple[str, str]]], Row] = {}
        self._rows: dict[str, Row] = {}
        self._same: dict[tuple[int, str, str], tuple[Mapping[str, str], Row]] = {}
        self._owned: Counter[str] = Counter()

    def add(self, sender: str, signals: Iterable[Signal], now: float) -> None:
        """One more of each."""
        same = self._same
        for signal in signals:
            labels = signal.labels
            # Signals of one form share their labels: see `familiar`.
            seen = same.get((id(labels), signal.type, signal.namespace))
            if seen is not None and seen[0] is labels:
                seen[1].add(signal, now)
            else:
                self._add(sender, signal, now)

    def _add(self, sender: str, signal: Signal, now: float) -> None:
        labels = {name: value for name, value in signal.labels.items() if name not in UNIQUE}
        key = (signal.type, signal.namespace, frozenset(labels.items()))
        row = self._known.get(key) or self._row(sender, self._body(signal, labels)) or self._overflow(signal)
        if row is None:
            self.unexported += 1
            return
        if row.owner:
            self._known[key] = row
            if len(self._same) >= _SLACK * self._limits.series_in_all:
                self._same.clear()
            self._same[id(signal.labels), signal.type, signal.namespace] = (signal.labels, row)
        row.add(signal, now)

    def restart(self) -> None:
        """Sums and counts begin again: Prometheus has what they were."""
        for row in self._rows.values():
            row.sum, row.count = 0.0, 0

    def rows(self, now: float) -> list[Row]:
        """Those that were heard of lately; the others are forgotten."""
        stale = [row for row in self._rows.values() if now - row.touched > self._limits.series_seconds]
        for row in stale:
            del self._rows[row.body]
            self._owned[row.owner] -= 1
        if stale:
            self._same.clear()
            self._known = {key: row for key, row in self._known.items() if row.body in self._rows}
            self._owned = +self._owned
        return list(self._rows.values())

    def _row(self, sender: str, body: str) -> Row | None:
        """The row of this body; None where the sender, or all together, have enough."""
        row = self._rows.get(body)
        if row is None:
            if self._owned[sender] >= self._limits.series or self._owned.total() >= self._limits.series_in_all:
                return None
            row = self._rows[body] = Row(body, sender)
            self._owned[sender] += 1
        return row

    def _overflow(self, signal: Signal) -> Row | None:
        """The sum of what has no row of its own. It belongs to nobody."""
        body = _written({"signal": signal.type, self._namespace_label: signal.namespace, "overflow": "true"})
        row = self._rows.get(body)
        if row is None and len(self._rows) < _SLACK * self._limits.series_in_all:
            row = self._rows[body] = Row(body, "")
        return row

    def _body(self, signal: Signal, labels: Mapping[str, str]) -> str:
        free = {self._free(name, labels): value for name, value in labels.items()}
        return _written({"signal": signal.type, self._namespace_label: signal.namespace, **free})

    def _free(self, name: str, labels: Mapping[str, str]) -> str:
        """As Prometheus does with a label that is taken."""
        if name not in self._ours:
            return name
        name = f"exported_{name}"
        while name in labels or name in self._ours:
            name = f"exported_{name}"
        return name


def _written(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{labels[name].translate(_ESCAPES)}"' for name in sorted(labels))
    return f"{{{pairs}}} "
