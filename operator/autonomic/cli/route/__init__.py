"""`autonomic route`: what other ways of routing would have done, from a log.

Belongs here: arguments, the file that is read, the table and the picture. Never here: policies, estimates.
"""
