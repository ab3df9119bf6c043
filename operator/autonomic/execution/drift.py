"""What stops a step: the world is no longer as it was when the step was claimed."""


class Drift(Exception):
    """The target is not as the step needs it. The message says which field, and who wrote it."""
