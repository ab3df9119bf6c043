"""The SLO engine at work: reads counts from Prometheus, keeps ledgers of them, judges every promise at each closed bucket.

Belongs here: what is read when, what is remembered between turns, what is put right. Never here: arithmetic of budgets and
alerts, PromQL (both are in `slo`), what is done about an alert.
"""
