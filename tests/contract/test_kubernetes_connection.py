"""The way to the API server: by a proxy where the environment names one, and without a look for one where it does not."""

import asyncio

import pytest
from kubernetes.aio.client import ApiClient, Configuration

from autonomic.adapters.kubernetes.connection import Connection
from tests.contract.scripted_server import answering, http

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever proxies the tests are run behind."""
    for name in _PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def _asked(url: str) -> dict[str, object]:
    connection = Connection(ApiClient(Configuration(host=url)), 2.0)
    try:
        return await connection.request("GET", "/version", "ask for the version")
    finally:
        await connection.aclose()


async def test_a_proxy_that_the_environment_names_is_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(http(200, '{"major": "1"}')) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert await _asked("http://cluster.invalid") == {"major": "1"}
    assert proxy.requests[0][0].startswith("GET http://cluster.invalid/version")


async def test_a_request_waits_for_no_thread_where_no_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[object] = []

    async def seen(task: object, *_: object) -> None:
        threads.append(task)

    loop = asyncio.get_running_loop()
    async with answering(http(200, '{"major": "1"}')) as server:
        monkeypatch.setattr(loop, "run_in_executor", lambda _, task, *more: seen(task, *more))
        assert await _asked(server.url) == {"major": "1"}
    assert threads == []
