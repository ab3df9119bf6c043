"""The connection to an OPA: one attempt at each request, and every failure is `Unavailable`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import aiohttp
from opa_client.opa_async import AsyncOpaClient

from autonomic.domain.errors import Unavailable


class OpaConnection:
    """The OPA at `url` (`http(s)://host[:port]`); each request takes `timeout` seconds at most."""

    def __init__(self, url: str, timeout: float) -> None:
        self.url = url
        self._timeout = timeout
        self._client = _client(url, timeout)
        self._opening = asyncio.Lock()
        self._open = False

    async def client(self) -> AsyncOpaClient:
        """The client, with a session."""
        # The client's session belongs to the event loop that runs now, so it can't be made earlier.
        async with self._opening:
            if not self._open:
                await self._client.__aenter__()
                self._open = True
        return self._client

    async def read(self, path: str) -> bytes:
        """The body of the answer to GET /v1/`path`. Raises what `attempting` makes Unavailable."""
        timeout = aiohttp.ClientTimeout(total=self._timeout)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(f"{self.url}/v1/{path}") as answer:
            answer.raise_for_status()
            return await answer.read()

    async def aclose(self) -> None:
        """Closes the connections."""
        self._open = False
        await self._client.close_connection()

    @contextmanager
    def attempting(self, attempted: str) -> Iterator[None]:
        """What fails inside raises Unavailable; `attempted` completes the sentence `OPA did not ...`."""
        try:
            yield
        except TimeoutError as error:
            raise self.unavailable(attempted, f"no answer within {self._timeout:g} s") from error
        except aiohttp.ClientResponseError as error:
            raise self.unavailable(attempted, _refusal(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise self.unavailable(attempted, str(error) or type(error).__name__) from error
        except (ValueError, RecursionError) as error:
            raise self.unavailable(attempted, f"the answer is not JSON: {error}") from error

    def unavailable(self, attempted: str, why: str) -> Unavailable:
        """The error that says so."""
        return Unavailable(f"OPA at {self.url} did not {attempted}: {why}")


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
