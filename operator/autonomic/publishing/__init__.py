"""What a contract looks like as Prometheus rules: recording rules, alerting rules, and the PrometheusRule that holds them.

Belongs here: turning objectives into PromQL that any Prometheus-compatible ruler evaluates, deterministically.
Never here: reading or writing a cluster, and judging objectives: the engine's own figures come from `slo`.
"""
