"""Connections that were ended because their peer was too slow, counted by what was waited for."""

from typing import get_args

from prometheus_client import CollectorRegistry, Counter

from autonomic.domain.slowness import Slowness


class CutOffs:
    """Counts them; each reason is there from the beginning, at zero."""

    def __init__(self, registry: CollectorRegistry) -> None:
        about = "Connections that were ended because their peer was too slow, by what was waited for."
        self._counter = Counter("autonomic_http_cut_off", about, ["slow"], registry=registry)
        for slow in get_args(Slowness):
            self._counter.labels(slow)

    def __call__(self, slow: Slowness) -> None:
        """One more."""
        self._counter.labels(slow).inc()
