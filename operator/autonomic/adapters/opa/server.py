"""Giving policies to an OPA, and taking them from it again. What it loads it compiles first; a faulty one changes nothing."""

import asyncio
from typing import Any

import orjson
from opa_client.errors import DeletePolicyError, RegoParseError

from autonomic.adapters.opa.connection import OpaConnection
from autonomic.domain.errors import Invalid
from autonomic.ports.policy import PolicySet

_DATA = ("config", "policy")
"""What the policies read, and no rule of theirs makes."""


class OpaPolicyServer:
    """A `PolicyServer` over the OPA at `url` (`http(s)://host[:port]`); each request takes `timeout` seconds at most."""

    def __init__(self, url: str, timeout: float) -> None:
        self._connection = OpaConnection(url, timeout)

    async def loaded(self) -> frozenset[str]:
        """The ids of all policies that it holds. Raises Unavailable."""
        client = await self._connection.client()
        with self._connection.attempting("list its policies"):
            return frozenset(await client.get_policies_list())

    async def load(self, policy: str, text: str) -> None:
        """Loads it under that id, in place of what was there. Raises Invalid when it can't be compiled, Unavailable."""
        client = await self._connection.client()
        try:
            with self._connection.attempting(f"load {policy}"):
                await client.update_policy_from_string(text, policy, rego_compat=False)
        except RegoParseError as error:
            raise Invalid(f"OPA refused {policy}: {error}") from error

    async def unload(self, policy: str) -> None:
        """Forgets it. Raises Unavailable."""
        client = await self._connection.client()
        try:
            with self._connection.attempting(f"unload {policy}"):
                await client.delete_policy(policy)
        except DeletePolicyError as error:
            raise self._connection.unavailable(f"unload {policy}", str(error)) from error

    async def held(self) -> PolicySet:
        """All that it holds: texts, and what an administrator set. Raises Unavailable."""
        policies = await self._read("policies")
        data = {name: await self._read(f"data/autonomic/{name}") for name in _DATA}
        modules = {each["id"].lstrip("/"): each["raw"] for each in policies or ()}
        return PolicySet(modules, {"autonomic": {name: value for name, value in data.items() if value is not None}})

    async def _read(self, path: str) -> Any:
        """What it has there; None for nothing. Raises Unavailable."""
        with self._connection.attempting(f"tell its {path}"):
            # Policies come with their syntax trees: they are read where no loop waits for it.
            body = await asyncio.to_thread(orjson.loads, await self._connection.read(path))
            return body.get("result") if isinstance(body, dict) else None

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._connection.aclose()
