"""Senders of signals that have a shared secret instead of a Kubernetes token: Alertmanager, a CI server outside."""

import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autonomic.environment.senders import EVERYWHERE, WebhookSender
from autonomic.ports.access import Access, Caller
from autonomic.ports.clock import Clock

_READ_AGAIN_SECONDS = 10.0
_SHORTEST = 16


@dataclass
class _Secret:
    file: Path
    token: bytes = b""
    read: float = float("-inf")

    def current(self, now: float) -> bytes:
        """The token as the file has it, or had it when it could be read last."""
        if now - self.read >= _READ_AGAIN_SECONDS:
            self.read = now
            with suppress(OSError):
                self.token = self.file.read_bytes().strip()
        return self.token


class WebhookAccess(Access):
    """Knows these senders by their secrets, which may create signals in their namespaces; asks `cluster` of all others."""

    def __init__(self, cluster: Access, senders: Sequence[WebhookSender], clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._secrets = [(_Secret(each.bearer_token_file), Caller(f"webhook:{each.name}", "", ())) for each in senders]
        self._namespaces = {f"webhook:{each.name}": frozenset(each.namespaces) for each in senders}

    async def who(self, token: str) -> Caller | None:
        """The caller behind a bearer token. Raises Unavailable."""
        sent, now, found = token.encode(), self._clock.monotonic(), None
        for secret, caller in self._secrets:
            current = secret.current(now)
            # All are compared, so that the time tells nothing of which was nearly right.
            if hmac.compare_digest(current, sent) and len(current) >= _SHORTEST:
                found = caller
        return found or await self._cluster.who(token)

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """A sender of ours may do nothing but create signals. Raises Unavailable."""
        if not any(caller is ours for _, ours in self._secrets):
            return await self._cluster.may(caller, verb, resource, namespace)
        allowed = self._namespaces[caller.name]
        return (verb, resource) == ("create", "signals") and (EVERYWHERE in allowed or namespace in allowed)
