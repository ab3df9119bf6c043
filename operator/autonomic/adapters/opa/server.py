"""Giving policies to an OPA, and taking them from it again. What it loads it compiles first; a faulty one changes nothing."""

from opa_client.errors import DeletePolicyError, RegoParseError

from autonomic.adapters.opa.connection import OpaConnection
from autonomic.domain.errors import Invalid


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

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._connection.aclose()
