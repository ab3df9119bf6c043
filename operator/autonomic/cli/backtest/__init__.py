"""`autonomic backtest`: what the layer would have made of the history that Prometheus holds.

Belongs here: arguments, where objects and history come from, progress, the answer as text, JSON, YAML or a page. Never here:
what would have followed; the replay finds it.
"""
