"""What a contract's model says against a value, in one sentence."""

from pydantic import ValidationError


def sentence(error: ValidationError) -> str:
    """The first thing that is wrong, and where: `spec.tier: ...`."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
