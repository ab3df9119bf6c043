"""Calls to what is outside the cluster: endpoints by HTTP from here, channels by Apprise from a process of its own.

Belongs here: the sending, its bounds of time and size, the refusal of addresses, the pause after a call that got no answer.
Never here: a second try, an address that no administrator configured, a secret in a message, what a plan is.
"""
