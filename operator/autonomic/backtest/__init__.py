"""What would have followed: history played to the whole layer, and what came of it in figures.

Belongs here: history as arrays, the course of alerts over it, the moments at which the loops are turned, what was false and
what was missed. Never here: a decision of its own (alerts are judged by `slo`, plans are made and ruled by the twin's cycle),
a write to anything but memory.
"""
