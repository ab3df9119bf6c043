"""Money over history: what was spent in pieces of five minutes, when budgets are looked at, and what is told of them.

Belongs here: spend as arrays, the books of a twin that answer from them, the rungs that a budget stood on. Never here: what a
sum means for a budget (`cost` says so, of the present and of the past), a question for a single moment.
"""
