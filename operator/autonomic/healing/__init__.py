"""Self-healing: recognising a known trouble in the signals, and choosing what is done about it.

Belongs here: what a playbook's triggers ask of Prometheus and hear on the board of pushed signals, and whether they hold; its
targets, attempts, escalation, cooldowns and limits; whether a trouble is over; what is odd about a playbook. Never here: input
or output, what an action does, whether it may be done.
"""
