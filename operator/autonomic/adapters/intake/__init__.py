"""The log of accepted signals: segments of a folder, appended by groups, replayed at the start.

Belongs here: frames, segments, group commit, retention. Never here: what a signal may hold, who may send one.
"""
