"""Notifiers are channels beside the configured ones; one that fails is a channel that could not be reached."""

from pathlib import Path

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.plugins.guard import Guard
from autonomic.adapters.plugins.notifiers import PluggedOutlets
from autonomic.domain.errors import Invalid, Unavailable
from autonomic.ports.memory.outlets import MemoryOutlets
from autonomic.ports.outlets import Outcall
from autonomic.ports.plugins import PluginStanding
from examples.plugins.early_bird.notifier import Notebook

CALL = Outcall("Channel", "notebook", "shop/plan", "Deployment/agent", "it is done", "uid/0")


async def _tell(*_: object) -> None:
    return


def outlets() -> PluggedOutlets:
    """A configured channel and endpoint, and the example's notifier."""
    guard = Guard(PluginStanding("Notifier", "notebook", "early-bird 1.0", "Working"), SystemClock(), _tell)
    return PluggedOutlets(MemoryOutlets("oncall", endpoints=("conductor",)), {"notebook": (Notebook(), guard)})


def test_a_notifier_is_a_channel_and_no_endpoint() -> None:
    assert outlets().known("Channel") == {"oncall", "notebook"}
    assert outlets().known("Endpoint") == {"conductor"}


async def test_a_message_that_is_sent_twice_is_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARLY_BIRD_NOTEBOOK", str(tmp_path / "notes"))
    plugged = outlets()
    await plugged.call(CALL)
    await plugged.call(CALL)
    assert (tmp_path / "notes").read_text() == "uid/0 shop/plan it is done\n"


async def test_a_notifier_that_raises_has_not_told_and_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EARLY_BIRD_NOTEBOOK", raising=False)
    with pytest.raises(Unavailable, match=r"plug-in Notifier notebook of early-bird 1\.0: KeyError"):
        await outlets().call(CALL)


async def test_a_notifier_is_no_orchestrator() -> None:
    with pytest.raises(Invalid, match="there is no Endpoint notebook"):
        await outlets().call(Outcall("Endpoint", "notebook", "shop/plan", "Deployment/agent", "drain", "uid/0"))
