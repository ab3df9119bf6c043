"""The way of one plan, from proposed to finished: which stage it is in, and what each stage does.

Belongs here: governing, claiming, applying, verifying and rolling back one plan, and the writing of its status. Never here:
the making of plans, what an action does to an object, the schedule.
"""
