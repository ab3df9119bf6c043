"""What is pushed to us: how it is read, checked, remembered, paced and shown as metrics.

Belongs here: the formats of senders, what a signal may hold, deduplication, rates, the series that pushed signals become. Never
here: input or output, a clock, who a sender is (the cluster says so), what is done about a signal (that is the playbooks').
"""
