"""Who calls the HTTP API, and what they may do."""

from dataclasses import dataclass
from typing import Protocol

_SERVICE_ACCOUNT = "system:serviceaccount:"
_COLONS = 3


def tenant(name: str) -> str:
    """All service accounts of a namespace are one tenant; everybody else is one alone.

    Who may make service accounts in a namespace would have as many bounds as they like otherwise.
    """
    if name.startswith(_SERVICE_ACCOUNT) and name.count(":") == _COLONS:
        return name.rpartition(":")[0]
    return name


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated person or workload."""

    name: str
    uid: str
    groups: tuple[str, ...]

    @property
    def tenant(self) -> str:
        """Whose bounds the caller shares."""
        return tenant(self.name)


class Access(Protocol):
    """Authentication and authorisation by the cluster."""

    async def who(self, token: str) -> Caller | None:
        """The caller behind a bearer token; None when the cluster does not accept it. Raises Unavailable."""
        ...

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """Whether the caller may use the verb on our resource there (None: everywhere). Raises Unavailable."""
        ...
