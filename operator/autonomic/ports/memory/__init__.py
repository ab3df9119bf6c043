"""Each port without a world behind it: for embedding, simulation and tests alike.

Belongs here: in-memory ports that keep the contract of the real adapter, and pass the same contract tests. Never here:
a decision, a mock that answers whatever a test wants to hear without keeping the contract.
"""
