"""What the operator tells of itself: structured logs, and metrics for Prometheus to scrape.

Belongs here: the set-up of logging, the rendering of facts and of the layer's own figures. Never here: a decision, a figure
that is kept twice, a log line that somebody else should have written.
"""
