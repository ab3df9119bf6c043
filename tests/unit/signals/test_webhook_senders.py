"""Senders with a secret of their own."""

from pathlib import Path

import pytest

from autonomic.adapters.webhook_senders import WebhookAccess
from autonomic.environment.senders import read_senders
from autonomic.ports.access import Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.clock import ManualClock
from tests.unit.signals.sending import NOON

SECRET = "a-long-enough-secret"
ALICE = Caller("alice", "1", ())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with one sender, which may speak of `shop`."""
    (tmp_path / "token").write_text(f"{SECRET}\n")
    text = f"senders: [{{name: pager, bearerTokenFile: {tmp_path}/token, namespaces: [shop]}}]"
    (tmp_path / "senders.yaml").write_text(text)
    return tmp_path / "senders.yaml"


def access(file: Path, clock: ManualClock | None = None) -> WebhookAccess:
    """Over a cluster that knows Alice, who may do everything."""
    cluster = MemoryAccess(
        {"alices": ALICE}, [(ALICE.name, "create", "signals", None), ("webhook:pager", "list", "x", None)]
    )
    return WebhookAccess(cluster, read_senders(file), clock or ManualClock(NOON))


async def test_a_sender_is_known_by_its_secret_and_may_send_where_it_was_said(file: Path) -> None:
    known = access(file)
    caller = await known.who(SECRET)
    assert caller is not None
    assert caller.name == "webhook:pager"
    assert await known.may(caller, "create", "signals", "shop")
    assert not await known.may(caller, "create", "signals", "bank")
    assert not await known.may(caller, "list", "slacontracts", "shop")


@pytest.mark.parametrize("token", ["", "a", SECRET[:-1], SECRET + "x", "é"])
async def test_what_is_nearly_the_secret_is_not_it(file: Path, token: str) -> None:
    assert await access(file).who(token) is None


async def test_everybody_else_is_the_clusters_business(file: Path) -> None:
    known = access(file)
    caller = await known.who("alices")
    assert caller == ALICE
    assert await known.may(ALICE, "create", "signals", "anywhere")


async def test_a_user_of_the_cluster_with_a_senders_name_is_not_that_sender(file: Path) -> None:
    assert not await access(file).may(Caller("webhook:pager", "", ()), "create", "signals", "shop")


@pytest.fixture
def everywhere(file: Path) -> Path:
    """The same, with every namespace."""
    file.write_text(file.read_text().replace("[shop]", '["*"]'))
    return file


async def test_a_star_is_every_namespace(everywhere: Path) -> None:
    known = access(everywhere)
    caller = await known.who(SECRET)
    assert caller is not None
    assert await known.may(caller, "create", "signals", "bank")


async def test_a_new_secret_counts_soon_after_the_file_has_it(file: Path) -> None:
    clock = ManualClock(NOON)
    known = access(file, clock)
    assert await known.who(SECRET)
    (file.parent / "token").write_text("another-long-secret")
    await clock.advance(11)
    assert await known.who(SECRET) is None
    assert await known.who("another-long-secret")


async def test_a_secret_that_is_too_short_opens_nothing(file: Path) -> None:
    (file.parent / "token").write_text("short")
    assert await access(file).who("short") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "no YAML"),
        ("x: 1", "must hold `senders:`"),
        ("senders: [{name: a, bearerTokenFile: /nowhere, namespaces: ['*']}]", "can't be read"),
        ("senders: [{name: a, bearerTokenFile: TOKEN, namespaces: []}]", "senders[0].namespaces"),
        ("senders: [{name: A, bearerTokenFile: TOKEN, namespaces: [x]}]", "senders[0].name"),
        ("senders: [{name: a, bearerTokenFile: TOKEN, namespaces: [X]}]", "senders[0].namespaces.0"),
        (
            "senders: [{name: a, bearerTokenFile: TOKEN, namespaces: [x]}, "
            "{name: a, bearerTokenFile: TOKEN, namespaces: [y]}]",
            "a is there twice",
        ),
    ],
)
def test_a_file_that_says_nonsense_is_refused_by_field(file: Path, text: str, said: str) -> None:
    file.write_text(text.replace("TOKEN", str(file.parent / "token")))
    with pytest.raises(ValueError, match=said.replace("[", r"\[")):
        read_senders(file)
