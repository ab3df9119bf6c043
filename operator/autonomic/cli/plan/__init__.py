"""`autonomic plan`, and `kubectl autonomic`: what people do with plans, in their own name.

Belongs here: arguments, questions to the person, what is printed, exit codes. Never here: a right of its own (it acts with the
person's credentials), a status, a decision of the operator.
"""
