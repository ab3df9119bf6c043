"""Spend at work: asks Prometheus what budgets need to know, remembers days that are over, makes an account of each budget.

Belongs here: what is asked when, and what is remembered between turns. Never here: what an answer means (`cost`), what is done
about it (`loops`).
"""
