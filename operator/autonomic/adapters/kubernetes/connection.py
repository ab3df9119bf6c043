"""One connection pool to the API server, and the one place where a request is sent."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
import orjson
from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

from autonomic.adapters.kubernetes.refusals import refusal
from autonomic.domain.errors import Invalid, Unavailable

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
USER_AGENT = "autonomic-operator"


class Connection:
    """Authenticated requests with raw JSON. `timeout` bounds each call, in seconds, from send to the last byte."""

    def __init__(self, client: ApiClient, timeout: float = 10.0) -> None:
        client.user_agent = USER_AGENT
        self._client = client
        self._timeout = timeout

    @classmethod
    async def open(cls, kubeconfig: Path | None, timeout: float = 10.0) -> Self:  # noqa: ASYNC109 - bounds later calls
        """A connection by a kubeconfig file, or (None) by a pod's own account. Raises Invalid when it cannot."""
        configuration = Configuration()
        try:
            await _load(configuration, kubeconfig)
        except (config.ConfigException, OSError) as problem:
            raise Invalid(f"no access to a cluster: {problem}; set KUBECONFIG, or run in a pod") from problem
        return cls(ApiClient(configuration), timeout)

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
        body: Mapping[str, Any] | None = None,
        content_type: str = JSON,
    ) -> dict[str, Any]:
        """The decoded answer. `attempted` completes "could not ...". Raises the domain error of the refusal."""
        url = f"{path}?{urlencode(params)}" if params else path
        try:
            async with asyncio.timeout(self._timeout):
                status, answer = await self._send(method, url, body, content_type)
            if status >= 300:
                raise refusal(status, answer, attempted, creating=method == "POST")
            return _decoded(answer)
        except TimeoutError as problem:
            raise Unavailable(f"could not {attempted}: no answer within {self._timeout:g} s") from problem
        except (aiohttp.ClientError, OSError, orjson.JSONDecodeError) as problem:
            raise Unavailable(f"could not {attempted}: {type(problem).__name__}: {problem}") from problem

    async def _send(
        self, method: str, url: str, body: Mapping[str, Any] | None, content_type: str
    ) -> tuple[int, bytes]:
        sent, full, headers, *_ = await self._client.param_serialize(
            method, url, header_params={"Accept": JSON, "Content-Type": content_type}, auth_settings=["BearerToken"]
        )
        answer = await self._client.call_api(sent, full, headers, body, _request_timeout=self._timeout)
        try:
            return answer.status, await answer.read()
        finally:
            answer.response.release()


async def _load(configuration: Configuration, kubeconfig: Path | None) -> None:
    if kubeconfig is None:
        config.load_incluster_config(configuration)
        return
    if not kubeconfig.is_file():  # noqa: ASYNC240 - once, at start
        raise FileNotFoundError(f"KUBECONFIG names {kubeconfig}, which is not a file")
    await config.load_kube_config(str(kubeconfig), client_configuration=configuration, persist_config=False)


def _decoded(answer: bytes) -> dict[str, Any]:
    decoded = orjson.loads(answer)
    return decoded if isinstance(decoded, dict) else {}
