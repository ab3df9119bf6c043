"""The orchestrator's endpoints: one POST of JSON, with the key by which a second try is known as one."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from autonomic.adapters.outlets.answers import objection
from autonomic.adapters.outlets.gate import Gate
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.environment.outlets import Outlet
from autonomic.environment.urls import may_be_loopback
from autonomic.ports.outlets import Outcall

TIMEOUT = 10.0
KEY = "Idempotency-Key"
_AGENT = {"User-Agent": "autonomic-operator"}


class TryLater(Unavailable):
    """No answer now; `wait` is how many seconds the endpoint asked for."""

    def __init__(self, message: str, wait: float) -> None:
        super().__init__(message)
        self.wait = wait


class Endpoint:
    """One endpoint. Every call takes `timeout` seconds at most, and reads no body: the status says all."""

    def __init__(self, outlet: Outlet, timeout: float = TIMEOUT) -> None:
        self._outlet = outlet
        self._timeout = timeout

    async def call(self, outcall: Outcall) -> None:
        """Sends it. Raises Unavailable, Invalid."""
        headers = {**_AGENT, **self._configured(), KEY: outcall.key}
        async with self._answer("POST", headers, body(outcall)) as answer:
            refused = objection(self._outlet.name, answer.status)
            wait = answer.headers.get("Retry-After", "")
        if isinstance(refused, Unavailable):
            raise TryLater(str(refused), float(wait) if wait.isdecimal() else 0.0)
        if refused:
            raise refused

    async def look(self) -> None:
        """Whether somebody answers there, whatever it says; nothing is sent. Raises Unavailable, Invalid."""
        async with self._answer("HEAD", _AGENT, None):
            pass

    def _configured(self) -> dict[str, str]:
        try:
            return self._outlet.wire_headers()
        except ValueError as error:
            raise Unavailable(f"outlet {self._outlet.name} was not called: {error}") from None

    @asynccontextmanager
    async def _answer(
        self, method: str, headers: dict[str, str], content: dict[str, object] | None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        name, bounds = self._outlet.name, aiohttp.ClientTimeout(total=self._timeout)
        try:
            parts = self._outlet.address()
            gate = Gate(loopback=may_be_loopback(parts))
            trust = await asyncio.to_thread(ssl.create_default_context, cafile=self._outlet.ca_file)
        except (ValueError, OSError) as error:
            raise Unavailable(f"outlet {name} was not called: {_unread(error)}") from None
        connector = aiohttp.TCPConnector(ssl=trust, socket_factory=gate, force_close=True)
        # One session a call: calls are rare, and a certificate or an address may have changed since the last.
        async with aiohttp.ClientSession(connector=connector, timeout=bounds, trust_env=False) as session:
            try:
                async with session.request(
                    method, parts.geturl(), headers=headers, json=content, allow_redirects=False
                ) as answer:
                    yield answer
            except aiohttp.InvalidURL:
                raise Invalid(f"outlet {name} was not called: its host is neither a name nor an address") from None
            except TimeoutError:
                raise Unavailable(f"outlet {name} did not answer within {self._timeout:g} s") from None
            except (aiohttp.ClientError, OSError) as error:
                if gate.refused:
                    raise Invalid(f"outlet {name} was not called: its host is {gate.refused}") from None
                raise Unavailable(f"outlet {name} did not answer: {why(error)}") from None


def body(outcall: Outcall) -> dict[str, object]:
    """What is posted."""
    return {
        "key": outcall.key,
        "plan": outcall.plan,
        "target": outcall.target,
        "operation": outcall.message,
        "parameters": dict(outcall.parameters),
    }


def why(error: Exception) -> str:
    """What went wrong, in words that hold no address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its host has no address"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not one that is trusted for its host"
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ClientOSError):
        return os.strerror(error.errno).lower() if error.errno else "it can't be connected to"
    return "it hung up" if isinstance(error, aiohttp.ServerDisconnectedError) else type(error).__name__


def _unread(error: Exception) -> str:
    return str(error) if isinstance(error, ValueError) else "the file of authorities can't be read"
