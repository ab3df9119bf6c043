"""The turning of the loops: what is known, when to look again, one MAPE-K turn over the ports, one step of a plan.

Belongs here: the Store, the scheduler, asking, proposing, and the way of a plan from proposed to finished. Never here: the
arithmetic of an SLO, what an action does, a client library.
"""
