"""Asking an OPA for a decision: one attempt, one answer, and every failure is `Unavailable`."""

from collections.abc import Mapping
from typing import Any

from autonomic.adapters.opa.connection import OpaConnection

_PACKAGE = "autonomic"
# Without it 1/0 makes a rule undefined instead of failing, and a rule that was to object stays silent.
_STRICT = {"strict-builtin-errors": "true"}


class OpaPolicyEngine:
    """A `PolicyEngine` over the OPA at `url` (`http(s)://host[:port]`); each question takes `timeout` seconds at most."""

    def __init__(self, url: str, timeout: float) -> None:
        self._connection = OpaConnection(url, timeout)

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The value of `data.autonomic.decision`; None when it is undefined. Raises Unavailable."""
        return await self._ask("decision", request)

    async def revision(self) -> str:
        """The value of `data.autonomic.revision`. Raises Unavailable, also when no policies are loaded."""
        revision = await self._ask("revision", {})
        if isinstance(revision, str) and revision:
            return revision
        why = f"it answered {revision!r}: the policies of this operator are not loaded"
        raise self._connection.unavailable(_answering("revision"), why)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._connection.aclose()

    async def _ask(self, rule: str, request: Mapping[str, Any]) -> object:
        client = await self._connection.client()
        with self._connection.attempting(_answering(rule)):
            body = await client.query_rule(dict(request), _PACKAGE, rule, query_params=_STRICT)
        if not isinstance(body, dict):
            raise self._connection.unavailable(_answering(rule), "the answer is not a JSON object")
        return body.get("result")


def _answering(rule: str) -> str:
    return f"answer data.{_PACKAGE}.{rule}"
