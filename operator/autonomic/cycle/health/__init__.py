"""Health in the cycle: what the engine judged becomes HealthSnapshots, written on transitions only.

Belongs here: taking the engine's pulse, one turn over all subjects, writing and deleting snapshots, looking at a past moment.
Never here: the formula and its words, which are `autonomic.health`.
"""
