"""Callers and what they may do, as told."""

from collections.abc import Iterable, Mapping

from autonomic.ports.access import Access, Caller


class MemoryAccess(Access):
    """`tokens` says who is behind each; `grants` are (caller's name, verb, resource, namespace or None: everywhere)."""

    def __init__(self, tokens: Mapping[str, Caller], grants: Iterable[tuple[str, str, str, str | None]] = ()) -> None:
        self._tokens = dict(tokens)
        self._grants = frozenset(grants)

    async def who(self, token: str) -> Caller | None:
        """The caller behind a token."""
        return self._tokens.get(token)

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """Whether it was granted there, or everywhere."""
        return any((caller.name, verb, resource, scope) in self._grants for scope in (namespace, None))
