"""`autonomic slo`: contracts in other formats, and what the operator says of them.

Belongs here: arguments, files read and written, what is printed. Never here: arithmetic of budgets, another format's rules.
"""
