"""The world behind the ports: one folder or file for each peer.

Belongs here: client libraries, the clock, randomness, time-outs, and the translation of every foreign error into ours.
Never here: a decision, a rule of the domain, knowledge of who calls.
"""
