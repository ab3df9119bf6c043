"""What the Autonomic Layer needs of the world, as Protocols, and each of them in memory.

Belongs here: the narrow interface to the cluster, metrics, policy engine, journal, clock and access checks; `memory`, the
same ports without a world behind them. Never here: a client library, a decision.
"""
