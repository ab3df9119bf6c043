"""Plug-ins: found by their entry points, looked at when they are loaded, and asked behind a guard.

Belongs here: the finding, the loading, the threads and time-outs, how a plug-in stands. Never here: what a plug-in's answer
may ask for, a plug-in itself.
"""
