"""What callers of the HTTP API do to the loops, and what the loops do to the probes.

Belongs here: a server over loops that turn, callers that read nothing or ask without end, the page. Never here: what a route
answers.
"""
