"""An Open Policy Agent by its HTTP API: one attempt, one answer, and every failure is `Unavailable`."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from opa_client.opa_async import AsyncOpaClient

from autonomic.domain.errors import Unavailable

_PACKAGE = "autonomic"
# Without it 1/0 makes a rule undefined instead of failing, and a rule that was to object stays silent.
_STRICT = {"strict-builtin-errors": "true"}


class OpaPolicyEngine:
    """A `PolicyEngine` over the OPA at `url` (`http(s)://host[:port]`); each question takes `timeout` seconds at most."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = url
        self._timeout = timeout
        self._client = _client(url, timeout)
        self._opening = asyncio.Lock()
        self._open = False

    async def decide(self, request: Mapping[str, Any]) -> object:
        """The value of `data.autonomic.decision`; None when it is undefined. Raises Unavailable."""
        return await self._ask("decision", request)

    async def revision(self) -> str:
        """The value of `data.autonomic.revision`. Raises Unavailable, also when no policies are loaded."""
        revision = await self._ask("revision", {})
        if isinstance(revision, str) and revision:
            return revision
        raise self._unavailable("revision", f"it answered {revision!r}: the policies of this operator are not loaded")

    async def aclose(self) -> None:
        """Closes the connections."""
        self._open = False
        await self._client.close_connection()

    async def _ask(self, rule: str, request: Mapping[str, Any]) -> object:
        await self._connect()
        try:
            body = await self._client.query_rule(dict(request), _PACKAGE, rule, query_params=_STRICT)
        except TimeoutError as error:
            raise self._unavailable(rule, f"no answer within {self._timeout:g} s") from error
        except aiohttp.ClientResponseError as error:
            raise self._unavailable(rule, _refusal(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self._unavailable(rule, str(error) or type(error).__name__) from error
        except (ValueError, RecursionError) as error:
            raise self._unavailable(rule, f"the answer is not JSON: {error}") from error
        if not isinstance(body, dict):
            raise self._unavailable(rule, "the answer is not a JSON object")
        return body.get("result")

    async def _connect(self) -> None:
        # The client's session belongs to the event loop that runs now, so it can't be made earlier.
        async with self._opening:
            if not self._open:
                await self._client.__aenter__()
                self._open = True

    def _unavailable(self, rule: str, why: str) -> Unavailable:
        return Unavailable(f"OPA at {self._url} did not answer data.{_PACKAGE}.{rule}: {why}")


def _client(url: str, timeout: float) -> AsyncOpaClient:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.username:
        shown = url.rpartition("@")[2]
        raise ValueError(f"OPA's address is {shown!r}: write it as http://host:port or https://host:port")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    secure = parts.scheme == "https"
    return AsyncOpaClient(host, parts.port or (443 if secure else 80), ssl=secure, retries=0, timeout=timeout)


def _refusal(error: aiohttp.ClientResponseError) -> str:
    if isinstance(error, aiohttp.ContentTypeError):
        return "the answer is not JSON"
    hint = ": a policy failed while it was evaluated, OPA's log says which" if error.status == 500 else ""
    return f"HTTP {error.status} {error.message}{hint}"
