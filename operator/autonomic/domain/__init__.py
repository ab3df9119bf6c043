"""What the Autonomic Layer talks about: frozen pydantic models and the words people type.

Belongs here: the resources (the CRDs are generated from them), signals, budgets, alerts, plans, facts and errors, and the
arithmetic of units. Never here: input or output of any kind, a clock, randomness, a client library, a decision.
"""
