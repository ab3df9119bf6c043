"""Who calls the HTTP API, and what they may do."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated person or workload."""

    name: str
    uid: str
    groups: tuple[str, ...]


class Access(Protocol):
    """Authentication and authorisation by the cluster."""

    async def who(self, token: str) -> Caller | None:
        """The caller behind a bearer token; None when the cluster does not accept it. Raises Unavailable."""
        ...

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """Whether the caller may use the verb on our resource there (None: everywhere). Raises Unavailable."""
        ...
