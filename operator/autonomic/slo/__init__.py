"""Service levels: which questions an objective needs answered, and the arithmetic of budgets, burn rates and alerts.

Belongs here: PromQL for indicators, windows, error budgets, alert tiers, the contract's status. Never here: input or output,
what to do about an alert (that is the loops').
"""
