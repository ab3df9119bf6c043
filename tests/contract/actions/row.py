"""One row of the table of actions: what is acted on, what is allowed, and what it looks like before and after."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from autonomic.execution.fields import element, parts, position

Manifest = dict[str, Any]
GROUP = "autonomic.maestro.dev"
LABELS = {"app": "it"}
"""Labels of the pods of every workload."""


@dataclass(frozen=True)
class Row:
    """`target` and `around` make manifests of a name; a `{name}` in texts is that name.

    `changes` are the values before and after by path; `theirs` is what somebody else writes there meanwhile. `unfit` says
    what the action objects to, by the change of the target that makes it unfit. `rolls`: pods follow the change.
    """

    name: str
    permitted: Manifest
    target: Callable[[str], Manifest]
    changes: Mapping[str, tuple[object, object]]
    theirs: object
    says: str
    unfit: tuple[tuple[Manifest, str], ...]
    around: Callable[[str], tuple[Manifest, ...]] = lambda _: ()
    rolls: bool = False
    releases: bool = False
    """Whether a first release goes before the target's pod template."""

    def __str__(self) -> str:
        """Its name, as the id of a test."""
        return self.name


def with_value(raw: Manifest, path: str, value: object) -> Manifest:
    """A copy in which the field has the value; what is missing on the way is made."""
    copy = deepcopy(raw)
    node: Any = copy
    way = parts(path)
    for part, following in zip(way, [*way[1:], ""], strict=True):
        if isinstance(node, list):
            at = position(node, part)
            if at is None:
                node.append({part[1:-1].partition("=")[0]: part[1:-1].partition("=")[2]})
                at = len(node) - 1
            if following == "":
                node[at] = value
            node = node[at]
        elif following == "":
            node[part] = value
        else:
            node = node.setdefault(part, [] if following.startswith("[") else {})
    return copy


def manifest(api_version: str, kind: str, name: str, **content: Any) -> Manifest:
    """An object; `annotations` and `labels` go to its metadata."""
    meta = {"name": name}
    meta |= {key: content.pop(key) for key in ("annotations", "labels") if key in content}
    return {"apiVersion": api_version, "kind": kind, "metadata": meta, **content}


def noted(**annotations: str) -> dict[str, str]:
    """Annotations of our group: `writable_keys` is `autonomic.maestro.dev/writable-keys`."""
    return {f"{GROUP}/{key.replace('_', '-')}": value for key, value in annotations.items()}


def container(image: str = "registry.k8s.io/pause:3.10", **more: Any) -> Manifest:
    """The container `app`."""
    return {"name": "app", "image": image, **more}


def app(*path: str) -> str:
    """The path of a field of the container `app` in a pod template."""
    return "/".join(("/spec/template/spec/containers", element("app"), *path))
