"""What was pushed, as far as Prometheus remembers it: signals that the operator exported, and alerts of its own rules.

Belongs here: the way from series back to signals, the moments at which playbooks hear something new, what is lost on the way.
Never here: what a playbook makes of a signal (`healing`).
"""
