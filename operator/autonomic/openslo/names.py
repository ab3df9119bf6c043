"""Names that are allowed on the other side."""

import hashlib
import re

_LONGEST = 63


def label(text: str) -> str:
    """A DNS label out of any text: `Foo Total Errors` -> `foo-total-errors`. Long ones end in a digest of the whole."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if slug and len(slug) <= _LONGEST:
        return slug
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{slug[: _LONGEST - 9].rstrip('-')}-{digest}".lstrip("-")


def told_apart(names: list[str]) -> list[str]:
    """The same names, where one that was there before gets a number: `a`, `a` -> `a`, `a-2`."""
    taken: list[str] = []
    for name in names:
        free, number = name, 2
        while free in taken:
            free, number = label(f"{name}-{number}"), number + 1
        taken.append(free)
    return taken
