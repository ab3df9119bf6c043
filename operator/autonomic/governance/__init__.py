"""May it be done? RedLines first, then the policy engine; the strictest answer wins, and no answer is never approval.

Belongs here: the evaluation of RedLines, the policy request, the reading of its answer, digests and reviews. Never here:
what an action does, writing anything.
"""
