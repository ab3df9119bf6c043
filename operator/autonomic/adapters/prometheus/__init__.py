"""Prometheus by its HTTP API: in threads of its own, a few questions at once, a second try only within a budget of them.

Belongs here: the connection, the proof of who asks, the reading of replies, the translation of failures, a tally of questions.
Never here: PromQL, what a number means.
"""

from autonomic.adapters.prometheus.metrics import PrometheusMetrics
from autonomic.adapters.prometheus.routing import NamedServers, PrometheusServers
from autonomic.adapters.prometheus.tally import Tally

__all__ = ["NamedServers", "PrometheusMetrics", "PrometheusServers", "Tally"]
