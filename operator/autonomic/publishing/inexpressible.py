"""What can't be said in rules."""

from autonomic.domain.errors import Invalid


class Inexpressible(Invalid):
    """An objective has no equivalent in rules; the message names it, says why, and the way out."""
