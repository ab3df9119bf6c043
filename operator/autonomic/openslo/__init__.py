"""OpenSLO v1 in and out: its documents become contracts, and contracts its documents. What has no equivalent is named.

Belongs here: the format's documents, their durations, windows, queries and alert policies, and how each is said in a contract.
Never here: files, the terminal, a metrics store, or how a budget is counted.
"""
