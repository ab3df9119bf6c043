"""The journal outside this process: a file, or a stream that somebody collects.

Belongs here: the chaining of what is appended, its way to the disk, the finding of where a journal ended. Never here: what is
worth a record, the judgement of a whole journal.
"""
