"""A sender that begins and does not go on, over a real connection."""

import asyncio

import pytest

from autonomic.api.serving import serve
from autonomic.signals.limits import Limits
from testbed.ports import LOOPBACK, is_listening, with_free_ports
from testbed.waiting import until
from tests.unit.signals.sending import World

HEAD = (
    "POST /autonomic/signals HTTP/1.1\r\nHost: operator\r\nAuthorization: Bearer workers\r\n"
    "Content-Type: application/cloudevents-batch+json\r\nContent-Length: 100\r\n\r\n["
)


@pytest.mark.timeout(30)
async def test_a_slow_sender_is_cut_off_and_told_why() -> None:
    world = World(Limits(body_seconds=0.1))
    port = with_free_ports(1, lambda ports: ports[0])
    serving = asyncio.create_task(serve(world.app, LOOPBACK, port))
    try:
        await asyncio.to_thread(until, lambda: is_listening(port), 10, "the server to listen")
        reader, writer = await asyncio.open_connection(LOOPBACK, port)
        writer.write(HEAD.encode())
        answer = (await reader.read()).decode()
        assert answer.startswith("HTTP/1.1 408 ")
        assert "the body took longer than 0.1 s" in answer
        writer.close()
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert 'reason="BodyTooSlow"' in world.metric("autonomic_signals_refused_total{")[0]
