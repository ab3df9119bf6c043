"""What a request is about: read from its method and its path, as the API server would."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, urlsplit

_WRITING = ("POST", "PUT", "PATCH", "DELETE")
_OF_NAMESPACES = ("status", "finalize")


@dataclass(frozen=True)
class Asked:
    """One request. Outside the Kubernetes API (`/api`, `/apis`) only method, path and query are known.

    `number` counts the requests of one proxy from 1. `body` is kept of writes only.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, str]
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    body: bytes = field(default=b"", repr=False)

    @property
    def writes(self) -> bool:
        """Whether it is to change something; a dry run is not."""
        return self.method in _WRITING and "dryRun" not in self.query

    @property
    def watches(self) -> bool:
        """Whether it opens a watch."""
        return self.query.get("watch") in ("true", "1")

    @property
    def lists(self) -> bool:
        """Whether it reads a whole collection."""
        return self.method == "GET" and bool(self.resource) and not self.name and not self.watches

    def __str__(self) -> str:
        what = "/".join(part for part in (self.resource, self.subresource) if part) or self.path
        where = "/".join(part for part in (self.namespace, self.name) if part)
        return f"{'WATCH' if self.watches else self.method} {what} {where}".rstrip()


def read(number: int, method: str, target: str, body: bytes = b"") -> Asked:
    """The request to `target`, a path with its query."""
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = _resource([unquote(part) for part in parts.path.strip("/").split("/")])
    asked = Asked(number, method, parts.path, query, *known)
    return replace(asked, body=body) if asked.writes else asked


def _resource(parts: list[str]) -> tuple[()] | tuple[str, str, str, str, str]:
    """Group, resource, subresource, namespace and name; nothing outside the Kubernetes API."""
    if parts[0] == "api" and len(parts) > 2:
        group, rest = "", parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, rest = parts[1], parts[3:]
    else:
        return ()
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in _OF_NAMESPACES:
        namespace, rest = rest[1], rest[2:]
    resource, name, subresource = [*rest, "", ""][:3]
    return group, resource, subresource, namespace, name
