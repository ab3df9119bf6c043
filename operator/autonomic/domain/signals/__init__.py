"""Signal types: what each is in the metrics that real systems export, as data.

Belongs here: one entry for each type and source, in the file of its family, and how an entry is found. Never here: input or
output, PromQL beyond selectors, what is promised about a signal (that is the contract's).
"""
