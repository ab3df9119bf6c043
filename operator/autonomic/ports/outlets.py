"""What is outside the cluster and may be told or asked something: people by channels, the orchestrator by endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

OutletType = Literal["Channel", "Endpoint"]


@dataclass(frozen=True)
class Outcall:
    """One call. `key` is the same however often it is sent, so that whoever gets it does it once.

    `type` is what the outlet must be: who may only tell people must not reach the orchestrator by its name. `plan` is
    `namespace/name`, `target` is `Kind/name`; `message` is what people are told, or the operation that is asked for.
    """

    type: OutletType
    outlet: str
    plan: str
    target: str
    message: str
    key: str
    parameters: Mapping[str, str] = field(default_factory=dict)


class Outlets(Protocol):
    """Channels and endpoints that an administrator configured, by name."""

    def known(self, type_: OutletType) -> frozenset[str]:
        """The names of all channels, or of all endpoints."""
        ...

    async def call(self, outcall: Outcall) -> None:
        """Sends it. Raises Unavailable when it may be tried again, Invalid when it was refused for good."""
        ...
