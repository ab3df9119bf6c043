"""Self-healing: recognising a known trouble in the signals.

Belongs here: what a playbook's trigger asks, and whether it holds; cooldowns and limits of playbooks. Never here: input or
output, what an action does, whether it may be done.
"""
