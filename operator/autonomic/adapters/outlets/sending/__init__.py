"""The process that sends one message to one channel, and what it may not do. Nothing outside imports from here.

Belongs here: the program, the bounds it gives itself, what Apprise lacks. Never here: anything of the operator's state.
"""
