"""Prometheus by its HTTP API: one question at a time, in threads of its own, never asked twice.

Belongs here: the connection, the reading of replies, the translation of failures. Never here: PromQL, what a number means.
"""

from autonomic.adapters.prometheus.metrics import PrometheusMetrics

__all__ = ["PrometheusMetrics"]
