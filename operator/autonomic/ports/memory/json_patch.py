"""JSON Patch (RFC 6902) in memory: the operations that the executor sends."""

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from autonomic.domain.errors import Invalid


def patched(value: Any, operations: Sequence[Mapping[str, Any]]) -> Any:
    """A patched copy. Raises Invalid when a test fails, or a path leads nowhere."""
    result = deepcopy(value)
    for each in operations:
        *above, last = [part.replace("~1", "/").replace("~0", "~") for part in each["path"].split("/")[1:]]
        holder = result
        try:
            for part in above:
                holder = holder[_number(part, len(holder) - 1) if isinstance(holder, list) else part]
            (_in_list if isinstance(holder, list) else _in_map)(holder, last, each)
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid(f"the patch failed at {each['op']} {each['path']}: {error}") from error
    return result


def _in_list(holder: list[Any], last: str, operation: Mapping[str, Any]) -> None:
    if operation["op"] == "add":
        holder.insert(len(holder) if last == "-" else _number(last, len(holder)), deepcopy(operation["value"]))
    else:
        _at(holder, _number(last, len(holder) - 1), operation)


def _in_map(holder: Any, last: str, operation: Mapping[str, Any]) -> None:
    if operation["op"] in ("add", "replace"):  # the server replaces what is not there, too (tried)
        holder[last] = deepcopy(operation["value"])
    else:
        _at(holder, last, operation)


def _at(holder: Any, place: int | str, operation: Mapping[str, Any]) -> None:
    """What needs a value to be there."""
    found = holder[place]
    if operation["op"] == "test" and json.dumps(found, sort_keys=True) != json.dumps(
        operation["value"], sort_keys=True
    ):
        raise ValueError(f"it is {found!r}")
    if operation["op"] == "remove":
        del holder[place]
    elif operation["op"] == "replace":
        holder[place] = deepcopy(operation["value"])


def _number(part: str, last: int) -> int:
    """The number of an element, from 0 to `last`."""
    if not (part.isascii() and part.isdecimal() and int(part) <= last):
        raise ValueError(f"there is no element {part}")
    return int(part)
