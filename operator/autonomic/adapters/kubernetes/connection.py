"""One connection pool to the API server, and the one place where a request is sent."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode
from urllib.request import getproxies

import aiohttp
import orjson
import yaml
from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

from autonomic.adapters.kubernetes.patience import Patience
from autonomic.adapters.kubernetes.refusals import refusal
from autonomic.domain.errors import Invalid, Unavailable

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"

Body = Mapping[str, Any] | Sequence[Mapping[str, Any]]
USER_AGENT = "autonomic-operator"
HOME = Path("~/.kube/config")
"""Where kubectl looks where nothing is said."""


class Connection:
    """Authenticated requests with raw JSON. `timeout` bounds each call, in seconds, from send to the last byte."""

    def __init__(self, client: ApiClient, timeout: float = 10.0) -> None:
        client.user_agent = USER_AGENT
        # Else aiohttp looks for a proxy and a .netrc anew at each request, in two threads one after the other.
        client.configuration.client_session_kwargs = {"trust_env": bool(getproxies())}
        self._client = client
        self._timeout = timeout
        self._patience = Patience(time.monotonic)

    @classmethod
    async def open(cls, kubeconfig: Path | None, timeout: float = 10.0) -> Self:  # noqa: ASYNC109 - bounds later calls
        """A connection by a kubeconfig file, or (None) by a pod's own account. Raises Invalid when it cannot."""
        return cls(ApiClient(await configured(kubeconfig)), timeout)

    async def aclose(self) -> None:
        """Closes the pool."""
        await self._client.close()

    async def request(
        self,
        method: str,
        path: str,
        attempted: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Body | None = None,
        content_type: str = JSON,
    ) -> dict[str, Any]:
        """The decoded answer. `attempted` completes "could not ...". Raises the domain error of the refusal.

        What the server asked to be spared for a while (`Retry-After`) is Unavailable until then, without being sent.
        """
        url = f"{path}?{urlencode(params)}" if params else path
        if self._patience.left(method, path) > 0:
            raise Unavailable(f"could not {attempted}: the server asked to be spared it for a while")
        try:
            async with asyncio.timeout(self._timeout):
                status, answer, retry_after = await self._send(method, url, body, content_type)
            self._patience.heed(method, path, retry_after)
            if status >= 300:
                raise refusal(status, answer, attempted, creating=method == "POST")
            return _decoded(answer)
        except TimeoutError as problem:
            raise Unavailable(f"could not {attempted}: no answer within {self._timeout:g} s") from problem
        except (aiohttp.ClientError, OSError, orjson.JSONDecodeError) as problem:
            raise Unavailable(f"could not {attempted}: {type(problem).__name__}: {problem}") from problem

    async def lines(self, path: str, params: Mapping[str, str], attempted: str, seconds: float) -> AsyncIterator[bytes]:
        """The lines of an answer that goes on, as they come, for so many seconds at most. Raises like `request`."""
        url = f"{path}?{urlencode(params)}"
        try:
            sent, full, headers, *_ = await self._client.param_serialize(
                "GET", url, header_params={"Accept": JSON, "Content-Type": JSON}, auth_settings=["BearerToken"]
            )
            answer = await self._client.call_api(sent, full, headers, None, _request_timeout=seconds)
            try:
                if answer.status >= 300:
                    raise refusal(answer.status, await answer.read(), attempted, creating=False)
                async for line in answer.response.content:
                    yield line
            finally:
                answer.response.close()
        except TimeoutError as problem:
            raise Unavailable(f"could not {attempted}: silent for {seconds:g} s") from problem
        except (aiohttp.ClientError, OSError, ValueError) as problem:
            raise Unavailable(f"could not {attempted}: {type(problem).__name__}: {problem}") from problem

    async def _send(self, method: str, url: str, body: Body | None, content_type: str) -> tuple[int, bytes, str | None]:
        sent, full, headers, *_ = await self._client.param_serialize(
            method, url, header_params={"Accept": JSON, "Content-Type": content_type}, auth_settings=["BearerToken"]
        )
        answer = await self._client.call_api(sent, full, headers, body, _request_timeout=self._timeout)
        try:
            return answer.status, await answer.read(), answer.headers.get("Retry-After")
        finally:
            answer.response.release()


def usual(kubeconfig: Path | None) -> Path | None:
    """What kubectl takes for a person who names none; None where that is a pod's own account, or there is nothing."""
    at_home = HOME.expanduser()
    if kubeconfig or "KUBERNETES_SERVICE_HOST" in os.environ or not at_home.is_file():
        return kubeconfig
    return at_home


UNREADABLE = (
    config.ConfigException, yaml.YAMLError, OSError, AttributeError, KeyError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What the client raises for a kubeconfig that is none: it looks into what it reads without asking what it is."""


def why_not(problem: Exception) -> str:
    """What is wrong with a kubeconfig, in words; the client's own say nothing where it looked into what is none."""
    if isinstance(problem, config.ConfigException | yaml.YAMLError | OSError):
        return str(problem).rstrip(".")
    return "what is read as a kubeconfig is none"


async def configured(kubeconfig: Path | None) -> Configuration:
    """Where the cluster is and who we are, by a kubeconfig file or (None) by a pod's own account. Raises Invalid."""
    configuration = Configuration()
    try:
        await _load(configuration, kubeconfig)
    except UNREADABLE as problem:
        raise Invalid(f"no access to a cluster: {why_not(problem)}; set KUBECONFIG, or run in a pod") from problem
    return configuration


async def _load(configuration: Configuration, kubeconfig: Path | None) -> None:
    if kubeconfig is None:
        config.load_incluster_config(configuration)
        return
    there = [each for each in str(kubeconfig).split(os.pathsep) if Path(each).is_file()]  # noqa: ASYNC240 - once, at start
    if not there:
        raise FileNotFoundError(f"KUBECONFIG names {kubeconfig}, which is not a file")
    await config.load_kube_config(os.pathsep.join(there), client_configuration=configuration, persist_config=False)


def _decoded(answer: bytes) -> dict[str, Any]:
    decoded = orjson.loads(answer)
    return decoded if isinstance(decoded, dict) else {}
