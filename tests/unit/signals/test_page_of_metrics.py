"""Pushed signals on the page that Prometheus reads."""

import pytest

from autonomic.api.sources import Intake
from autonomic.wiring.intake import with_pushed
from tests.unit.signals.sending import World, event


@pytest.mark.parametrize(
    ("accept", "end"), [("text/plain", b" 1\n"), ("application/openmetrics-text; version=1.0.0", b" 1\n# EOF\n")]
)
async def test_what_was_pushed_stands_below_the_operators_own_metrics(world: World, accept: str, end: bytes) -> None:
    async def own(accept: str) -> tuple[bytes, str]:
        return b"up 1\n" + (b"# EOF\n" if "openmetrics" in accept else b""), accept

    await world.send([event()])
    intake = Intake(world.reception, lambda: None, world.clock.monotonic)
    page, content_type = await with_pushed(own, intake)(accept)
    assert content_type == accept
    assert page.startswith(b"up 1\n# HELP autonomic_signals_accepted")
    assert page.endswith(end)
    assert page.count(b"# EOF") == accept.count("openmetrics")


async def test_reading_the_page_marks_what_was_read(world: World) -> None:
    async def own(accept: str) -> tuple[bytes, str]:
        return b"", accept

    await world.send([event()])
    await with_pushed(own, Intake(world.reception, lambda: None, world.clock.monotonic))("text/plain")
    assert [each.sender for each in world.log.kept][-1] == ""


async def test_without_an_intake_the_page_is_as_it_was() -> None:
    async def own(accept: str) -> tuple[bytes, str]:
        return b"up 1\n", accept

    assert await with_pushed(own, None)("text/plain") == (b"up 1\n", "text/plain")
