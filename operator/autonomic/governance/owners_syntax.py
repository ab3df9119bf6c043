"""What an owner's policy may say, read from its syntax tree: it reads `input`, and adds to `denials` and `concerns`."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Tree = Mapping[str, Any]
"""A module as `opa parse --format json` tells it."""

FORBIDDEN = ("http.", "net.", "opa.", "providers.", "rego.")
"""Built-in functions whose names begin so are not there; those that don't always answer the same are not there either."""

_UNNAMED = ("print", "trace")
_HEARD = ("denials", "concerns")
_OURS = "loaded"


def allowed(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """Of all that an OPA can do, what a policy may use: nothing reaches out of it, and equal questions have equal answers."""
    builtins = [
        each
        for each in capabilities["builtins"]
        if not each.get("nondeterministic") and not each["name"].startswith(FORBIDDEN) and each["name"] not in _UNNAMED
    ]
    return {**capabilities, "builtins": builtins, "allow_net": []}


def faults(trees: Mapping[str, Tree], packages: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with the files of one policy, each named; empty when nothing is. `packages` is what each calls itself."""
    return tuple(f"{file}: {fault}" for file, tree in trees.items() for fault in _of_file(tree, packages.get(file)))


def _of_file(tree: Tree, package: str | None) -> Iterator[str]:
    declared = [str(part["value"]) for part in tree["package"]["path"]][1:]
    if package is None or declared != ["autonomic", "owners", package]:
        yield f"its package is {'.'.join(declared)}: write `package autonomic.owners.NAME` on a line of its own"
    if _reads_data(tree.get("imports")) or _reads_data(tree.get("rules")):
        yield "it reads data: a policy of owners reads input and its own rules"
    names = [_name(rule) for rule in tree.get("rules") or ()]
    if names.count(_OURS) > 1:
        yield f"it has a rule {_OURS}, which is the operator's own: give it another name"
    if not set(names) & set(_HEARD):
        yield "nothing in it adds to denials or concerns, so it would change no answer"
    for rule in tree.get("rules") or ():
        if _name(rule) in _HEARD and not _adds(rule):
            yield f"a rule {_name(rule)} is no `{_name(rule)} contains ... if ...`"


def _name(rule: Mapping[str, Any]) -> str:
    return str(rule["head"]["ref"][0]["value"])


def _adds(rule: Mapping[str, Any]) -> bool:
    """Whether the rule adds an element to a set, and is nothing else."""
    head = rule["head"]
    return "key" in head and len(head["ref"]) == 1 and not head.keys() & {"value", "args"} and not rule.get("default")


def _reads_data(node: Any) -> bool:
    if isinstance(node, Mapping):
        named = node.get("type") == "var" and node.get("value") == "data"
        return named or any(_reads_data(each) for each in node.values())
    if isinstance(node, Iterable) and not isinstance(node, str):
        return any(_reads_data(each) for each in node)
    return False
