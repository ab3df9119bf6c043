"""Wiring: parts of the composition root, each of which puts adapters of one kind together.

Belongs here: what `main` would hold if it fitted there: which adapter stands behind which port, from settings alone. Never
here: a decision, or anything that would be tested without a process around it.
"""
