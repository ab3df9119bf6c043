"""The servers of metrics that the contract is held against: one in memory, and the testbed's Prometheus."""

from datetime import datetime, timedelta
from typing import Protocol

from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.domain.readings import Abilities, Sample, Vector
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.metrics import Metrics
from testbed import remote_write
from testbed.prometheus import Prometheus

LOOKBACK = timedelta(minutes=5)
MISTAKEN = 'sum(foo{a="b")'
"""What every world knows to be no PromQL, and where."""


class World(Protocol):
    """A server with what it knows, and a way to take it away."""

    @property
    def metrics(self) -> Metrics:
        """What asks the server."""
        ...

    def holds(self, name: str, at: datetime, value: float, **labels: str) -> None:
        """One sample of one series."""
        ...

    def goes(self) -> None:
        """From now on nobody answers."""
        ...

    def returns(self) -> None:
        """Somebody answers again."""
        ...


class MemoryWorld:
    """As much of PromQL as the suite asks: names, `1 + 1`, and an error for what does not end."""

    def __init__(self) -> None:
        self.metrics = MemoryMetrics(self._answer)
        self.metrics.can = Abilities(anchored=True, retention=timedelta(days=400))
        self.metrics.mistakes = {MISTAKEN: "1:14: parse error: unexpected character inside braces: ')'"}
        self._held: list[tuple[datetime, Sample]] = []

    def holds(self, name: str, at: datetime, value: float, **labels: str) -> None:
        """One sample of one series."""
        text = {"inf": "+Inf", "nan": "NaN"}.get(str(value), f"{value:g}")
        self._held.append((at, Sample({"__name__": name, **labels}, text)))

    def goes(self) -> None:
        """From now on nobody answers."""
        self.metrics.failure = Unavailable("gone")

    def returns(self) -> None:
        """Somebody answers again."""
        self.metrics.failure = None

    def _answer(self, expr: str, at: datetime) -> Vector | AutonomicError:
        if expr.endswith("("):
            return Invalid("unclosed left parenthesis")
        if expr == "1 + 1":
            return Vector((Sample({}, "2"),))
        fresh = ((then, each) for then, each in self._held if at - LOOKBACK < then <= at)
        latest = {tuple(each.labels.items()): each for then, each in fresh}
        return Vector(tuple(each for each in latest.values() if each.labels["__name__"] == expr))


class PrometheusWorld:
    """The testbed's Prometheus."""

    def __init__(self, prometheus: Prometheus, metrics: Metrics) -> None:
        self.metrics = metrics
        self._prometheus = prometheus

    def holds(self, name: str, at: datetime, value: float, **labels: str) -> None:
        """One sample of one series."""
        self._prometheus.write({remote_write.series(name, **labels): [remote_write.Sample(at, value)]})

    def goes(self) -> None:
        """From now on nobody answers."""
        self._prometheus.service.stop()

    def returns(self) -> None:
        """Somebody answers again."""
        self._prometheus.service.start()
