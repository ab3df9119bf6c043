"""TLS from files that change while they are served."""

import asyncio
import contextlib
import shutil
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from autonomic.api import serve
from autonomic.api.renewal import LOOK_AGAIN_SECONDS, Renewed, serve_renewed
from autonomic.api.serving import Manner
from autonomic.domain.errors import Invalid
from autonomic.environment.certificate import Certificate
from autonomic.ports.memory.clock import ManualClock
from testbed.ports import LOOPBACK
from tests.contract.certificates import Authority, Pair
from tests.unit.api.contracts import NOON
from tests.unit.api.test_serving import free_port


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def mounted(tmp_path: Path, authority: Authority) -> Certificate:
    """The files of a Secret, with a certificate called `first`."""
    known = Certificate(tmp_path / "tls.crt", tmp_path / "tls.key")
    mount(known, authority.issue("first"))
    return known


def mount(there: Certificate, pair: Pair) -> None:
    shutil.copy(pair.certificate, there.chain)
    shutil.copy(pair.key, there.key)


@contextlib.asynccontextmanager
async def served(renewed: Renewed) -> AsyncIterator[int]:
    """A server over TLS; its port."""
    port = free_port()
    task = asyncio.create_task(serve(FastAPI(), LOOPBACK, port, Manner(tls=renewed.context)))
    try:
        yield port
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def shown(port: int, authority: Authority) -> bytes:
    """The certificate that a new connection sees, once its authority was found right."""
    trusting = ssl.create_default_context(cafile=authority.file)
    transport = httpx.AsyncHTTPTransport(verify=trusting, retries=5)
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.get(f"https://{LOOPBACK}:{port}/")
        seen = answer.extensions["network_stream"].get_extra_info("ssl_object").getpeercert(binary_form=True)
    return bytes(seen)


def der(file: Path) -> bytes:
    """The certificate of a file as it travels."""
    return ssl.PEM_cert_to_DER_cert(file.read_text())


async def test_connections_that_come_after_a_renewal_see_the_new_certificate(
    mounted: Certificate, authority: Authority
) -> None:
    renewed = Renewed(mounted)
    async with served(renewed) as port:
        first = await shown(port, authority)
        assert first == der(mounted.chain)
        mount(mounted, authority.issue("second"))
        assert renewed.look()
        assert await shown(port, authority) == der(mounted.chain) != first


async def test_a_certificate_without_its_key_is_not_taken_and_the_old_one_is_served_on(
    mounted: Certificate, authority: Authority
) -> None:
    renewed, second, first = Renewed(mounted), authority.issue("second"), der(mounted.chain)
    async with served(renewed) as port:
        shutil.copy(second.certificate, mounted.chain)
        assert not renewed.look()
        assert await shown(port, authority) == first
        shutil.copy(second.key, mounted.key)
        assert renewed.look()
        assert await shown(port, authority) == der(second.certificate)


async def test_what_did_not_change_is_not_taken_again(mounted: Certificate) -> None:
    renewed = Renewed(mounted)
    mounted.chain.unlink()
    assert not renewed.look()


async def test_a_server_takes_a_renewed_certificate_in_by_itself(mounted: Certificate, authority: Authority) -> None:
    port, clock = free_port(), ManualClock(NOON)
    where = LOOPBACK, port
    task = asyncio.create_task(serve_renewed(FastAPI(), where, mounted, Manner(), clock.sleep))
    try:
        first = await shown(port, authority)
        mount(mounted, authority.issue("second"))
        await clock.advance(LOOK_AGAIN_SECONDS)
        assert await shown(port, authority) == der(mounted.chain) != first
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_files_are_looked_at_again_and_again(mounted: Certificate, authority: Authority) -> None:
    renewed, looks = Renewed(mounted), asyncio.Queue[float]()

    async def sleep(seconds: float) -> None:
        await looks.put(seconds)
        await asyncio.sleep(0)

    keeping = asyncio.create_task(renewed.keep(sleep))
    assert [await looks.get(), await looks.get()] == [10.0, 10.0]
    keeping.cancel()


def test_files_that_are_no_certificate_are_told_at_the_start(tmp_path: Path) -> None:
    for name in ("tls.crt", "tls.key"):
        (tmp_path / name).write_text("nonsense")
    with pytest.raises(Invalid, match=r"tls\.crt"):
        Renewed(Certificate(tmp_path / "tls.crt", tmp_path / "tls.key"))
