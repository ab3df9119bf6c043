"""Health: from judged objectives to a score, a word, a trend, issues in words and a probable cause.

Belongs here: the formula, its thresholds and hysteresis, subjects and their members, the words of a snapshot, what contracts
depend on. Never here: reading metrics, writing anything, a clock, an event loop. Pure. The reasons are in docs/health.md.
"""
