"""The four incidents, one file each.

Belongs here: what is done to an agent, what must come of it, and the words for both. What never will: how anything is
started, waited for or printed.
"""
