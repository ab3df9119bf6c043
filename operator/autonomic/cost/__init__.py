"""What is spent, on what, how long it lasts, and how hard that presses: pure arithmetic over budgets and answers.

Belongs here: questions about spend, prices, forecasts, the ladder, savings. Never here: plans, clusters, clocks, event loops.
The way through: a `Survey` of all budgets says what to ask, `spent` reads the answers for one of them, `forecast` looks ahead,
the ladder gives the rung.
"""
