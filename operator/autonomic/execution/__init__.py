"""Carrying out what was approved: one file per action, the inverse, the order of writes, verification.

Belongs here: what an action does to an object and how it is undone; the executor, over the Cluster port alone. Never here:
whether a plan may be carried out (governance), when (cycle), a client library.
"""
