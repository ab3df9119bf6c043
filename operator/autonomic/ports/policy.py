"""The policy engine: one request in, one answer out."""

from collections.abc import Mapping
from typing import Any, Protocol


class PolicyEngine(Protocol):
    """An Open Policy Agent. What it returns is checked by governance, not trusted."""

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The raw value of the decision rule; None when it is undefined. Raises Unavailable."""
        ...

    async def revision(self) -> str:
        """Revision of the policies in force. Raises Unavailable."""
        ...
