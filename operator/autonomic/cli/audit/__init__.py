"""`autonomic audit`: whether a journal is whole.

Belongs here: files and heads that are named, what is printed, exit codes. Never here: the rules of the chain, the writing
of a journal.
"""
