"""Kopf: what the cluster tells us, handed on.

Belongs here: registration of handlers of at most five lines that end in one call, and Kopf's settings. Never here: a
decision, a write, a timer (the scheduler has them, docs/decisions/0002).
"""
