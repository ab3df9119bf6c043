"""The journal of decisions and writes: what a record is, how records are chained, and whether a journal is whole.

Belongs here: the form of a record, its hash, the reading of whole journals. Never here: files, time, what is worth a record.
"""
