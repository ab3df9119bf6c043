"""One key of a ConfigMap, listed by its owner: what several actions set, each for a reason of its own."""

from autonomic.domain.plans import FieldChange
from autonomic.domain.targets import Target
from autonomic.execution.fields import change, pointer, read

_SHOWN = 60


def key_path(key: str) -> str:
    """Where a ConfigMap keeps it."""
    return pointer("data", key)


def key_change(target: Target, key: str, value: str | None) -> tuple[FieldChange, ...]:
    """The change of `data.KEY`; None takes it away."""
    return change(target, key_path(key), value)


def value_now(target: Target, key: str) -> str | None:
    """What the key holds; None without it."""
    found = read(target.raw, key_path(key))
    return None if found is None else str(found)


def shown(target: Target, key: str, value: str | None) -> str:
    """`key: old -> new`."""
    return f"{key}: {brief(value_now(target, key))} -> {brief(value)}"


def brief(value: object) -> str:
    """The value in a few words, for people."""
    text = "(none)" if value is None else str(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
