"""What a variable of the environment may hold, and what a checked set of them says.

Belongs here: types of values with a sentence for each that is none, descriptions of peers made of such values. Never here: the
reading of the environment itself, a client of a peer, a secret in a message.
"""
