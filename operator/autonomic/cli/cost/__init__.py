"""`autonomic cost`: what is spent, and what was saved.

Belongs here: arguments, what is printed. Never here: arithmetic of money.
"""
