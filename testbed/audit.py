"""Which writes reached the API server, by whom: read from its audit log."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

POLICY: dict[str, Any] = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived", "ResponseStarted"],
    "omitManagedFields": True,
    "rules": [
        {"level": "Metadata", "verbs": ["create", "update", "patch", "delete", "deletecollection"]},
        {"level": "None"},
    ],
}


@dataclass(frozen=True)
class Write:
    """One request that asked to change something and was answered, refusals and dry runs included.

    `at` is when it was received. `code` is the HTTP status of the answer. `user` is who admission saw;
    `impersonator` is who stood behind that name, or empty.
    """

    at: datetime
    user: str
    verb: str
    group: str
    resource: str
    subresource: str
    namespace: str
    name: str
    code: int
    dry_run: bool
    user_agent: str
    impersonator: str

    @property
    def succeeded(self) -> bool:
        """Whether the server did what was asked."""
        return self.code < 400

    def __str__(self) -> str:
        what = "/".join(part for part in (self.resource, self.subresource) if part)
        return f"{self.at:%H:%M:%S.%f} {self.user} {self.verb} {what} {self.namespace}/{self.name} -> {self.code}"


def read_writes(log: Path, user: str | None = None, since: datetime | None = None) -> list[Write]:
    """The writes in the order of the log; of `user` (exact name) and received at or after `since`, where given."""
    writes = (_write(entry) for entry in _entries(log))
    return [write for write in writes if (user is None or write.user == user) and (since is None or write.at >= since)]


def _entries(log: Path) -> Iterator[dict[str, Any]]:
    with log.open("rb") as lines:
        for line in lines:
            # The last line may be half written.
            if line.endswith(b"\n"):
                yield json.loads(line)


def _write(entry: Mapping[str, Any]) -> Write:
    about: Mapping[str, str] = entry.get("objectRef", {})
    caller = entry["user"].get("username", "")
    played = entry.get("impersonatedUser", {}).get("username", "")
    return Write(
        at=datetime.fromisoformat(entry["requestReceivedTimestamp"]),
        user=played or caller,
        verb=entry["verb"],
        group=about.get("apiGroup", ""),
        resource=about.get("resource", ""),
        subresource=about.get("subresource", ""),
        namespace=about.get("namespace", ""),
        name=about.get("name", ""),
        code=entry.get("responseStatus", {}).get("code", 0),
        dry_run="dryRun=" in entry.get("requestURI", ""),
        user_agent=entry.get("userAgent", ""),
        impersonator=caller if played else "",
    )
