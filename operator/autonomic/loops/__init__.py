"""The control loops: each says what it wants to know, what the answers mean, and which findings ask for a change.

Belongs here: MAPE without the E, as pure functions over one View. Executing is the executor's, for every loop, after the
gate. Never here: input or output, the writing of plans, a clock.
"""
