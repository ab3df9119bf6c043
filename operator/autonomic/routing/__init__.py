"""Routing: which candidate should do a task, learned from how tasks ended.

Belongs here: policies that learn and choose, profiles of candidates, constraints and their reasons, shares of traffic and their
limits, ejection, estimates of what another policy would have earned. Never here: Kubernetes, resources, input or output, a
clock, an event loop, a generator of random numbers (each is an argument). The reasons are in docs/routing-algorithms.md.
"""
