"""`autonomic simulate`: what would follow, from files alone.

Belongs here: reading scenarios, the answer as text, JSON or YAML. Never here: what follows; the twin of the layer finds it.
"""
