"""Owners' policies: what a ConfigMap must hold to become one, and the revision that names all that are in force."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from autonomic.domain.words import GROUP

LABEL = f"{GROUP}/policy"
"""On a ConfigMap in the operator's own namespace: "true" makes it a policy."""

MOST_POLICIES = 32
MOST_FILES = 8
MOST_BYTES = 32 * 1024
"""In one ConfigMap, all files together."""

HOME = "autonomic-owners"
"""The first part of the id of everything that is loaded for owners."""

_PACKAGE = re.compile(r"^package\s+autonomic\.owners\.([A-Za-z_][A-Za-z0-9_]*)\s*(#.*)?$", re.MULTILINE)
_SUFFIX = "+owners."


class Refused(ValueError):
    """The policy is not used; the message says what is wrong with it and what to do."""


@dataclass(frozen=True)
class OwnersPolicy:
    """The Rego files of one ConfigMap, by their names."""

    name: str
    files: tuple[tuple[str, str], ...]

    @property
    def packages(self) -> dict[str, str]:
        """The name that each file gives its package below `autonomic.owners`; a file without one is left out."""
        named = {file: package_of(text) for file, text in self.files}
        return {file: package for file, package in named.items() if package}

    @property
    def marks(self) -> tuple[str, ...]:
        """What says of each file that it is loaded, as it is."""
        return tuple(f"{self.name}/{file}={sha256(text.encode()).hexdigest()}" for file, text in self.files)

    @property
    def modules(self) -> dict[str, str]:
        """What is loaded, by id. Each file carries its mark, so that a file and its mark come and go together."""
        return {
            f"{HOME}/{self.name}/{file}": f'{text}\n\nloaded contains "{mark}"\n'
            for (file, text), mark in zip(self.files, self.marks, strict=True)
        }


def package_of(text: str) -> str | None:
    """The name that a file gives its package below `autonomic.owners`; None where it has another one."""
    found = _PACKAGE.search(text)
    return found[1] if found else None


def of_owners(module: str) -> bool:
    """Whether what is loaded under that id is an owner's."""
    return module.startswith(f"{HOME}/")


def is_policy(manifest: Mapping[str, Any]) -> bool:
    """Whether a ConfigMap is meant to be one."""
    return (manifest["metadata"].get("labels") or {}).get(LABEL) == "true"


def read(manifest: Mapping[str, Any]) -> OwnersPolicy:
    """The policy in a ConfigMap; keys that don't end in .rego, and tests, are left aside. Raises Refused."""
    data = manifest.get("data") or {}
    files = tuple(sorted((key, text) for key, text in data.items() if _is_rego(key)))
    if not files:
        raise Refused("it holds no Rego file: a key must end in .rego, and not in _test.rego")
    if len(files) > MOST_FILES:
        raise Refused(f"it holds {len(files)} Rego files, at most {MOST_FILES} are read")
    size = sum(len(text.encode()) for _, text in files)
    if size > MOST_BYTES:
        raise Refused(f"its Rego files have {size} bytes, at most {MOST_BYTES} are read")
    return OwnersPolicy(manifest["metadata"]["name"], files)


def crowded(policies: Iterable[str]) -> str | None:
    """Why no policy is taken in: there are too many."""
    there = len(tuple(policies))
    return f"there are {there} policies of owners, at most {MOST_POLICIES} are read" if there > MOST_POLICIES else None


def doubled(policy: OwnersPolicy, others: Iterable[OwnersPolicy]) -> str | None:
    """Which of its packages is another's too, if one is: each file stands by itself."""
    taken = {
        package: other.name for other in others if other.name != policy.name for package in other.packages.values()
    }
    for file, package in policy.packages.items():
        if package in taken:
            return f"{file}: package autonomic.owners.{package} is that of {taken[package]} too: give it another name"
        taken[package] = f"another file, {file},"
    return None


def suffix(policies: Iterable[OwnersPolicy]) -> str:
    """What the revision of a decision ends with when exactly these are in force; as `policies/owners.rego` makes it."""
    marks = sorted(mark for policy in policies for mark in policy.marks)
    together = sha256("\n".join(marks).encode()).hexdigest()
    return f"{_SUFFIX}{together[:32]}" if marks else ""


def suffix_of(revision: str) -> str:
    """What a revision says of owners' policies; empty where there are none."""
    _, found, digest = revision.partition(_SUFFIX)
    return found + digest


def _is_rego(key: str) -> bool:
    return key.endswith(".rego") and not key.endswith("_test.rego")
