"""Adaptive routing over the ports: tasks are decided and their outcomes taken; weights are thought over and published.

Belongs here: open decisions, what is learnt of each route, when weights may move, writing and restoring them. Never here: how a
policy learns or weights are limited (that is `autonomic.routing`), a clock of its own.
"""
