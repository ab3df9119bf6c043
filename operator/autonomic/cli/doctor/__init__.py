"""`autonomic doctor`: whether everything is there that the operator needs, and as it must be.

Belongs here: the checks, one small function each, that say what is wrong and what to do. Never here: a write, a repair.
"""
