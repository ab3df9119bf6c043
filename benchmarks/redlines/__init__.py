"""RedLines against an operator that ignores its own gate: breaches, and how fast a kill switch stops it.

Belongs here: random writes with the operator's own token, an oracle that is written for itself and shares nothing with the
policies, and the clock of the kill switch. Never here: what the operator does when it is well.
"""
