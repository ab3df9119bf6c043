"""Values that a message must not repeat."""


class HiddenError(ValueError):
    """The value is wrong, and may be a secret: whoever tells of it leaves it out."""
