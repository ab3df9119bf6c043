"""The contract of the access port, kept by the memory and by the API server alike."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.access import (
    QUESTIONS_AT_ONCE,
    REMEMBERED_ANSWERS,
    REMEMBERED_SECONDS,
    KubernetesAccess,
)
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.domain.errors import Unavailable
from autonomic.ports.access import Access, Caller
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.clock import ManualClock
from testbed.cluster import Cluster
from testbed.people import ADMIN

READ = ("get", "slacontracts")


@dataclass
class World:
    """Access by tokens: `token` is `reader`'s, who may read contracts in `namespace` and nowhere else."""

    port: Access
    token: str
    namespace: str
    reader: str


def _reader(namespace: str) -> str:
    return f"system:serviceaccount:{namespace}:reader"


def _grant(cluster: Cluster, namespace: str) -> None:
    """What lets the reader read contracts there."""
    role = ("contract-readers", "--namespace", namespace)
    cluster.kubectl("create", "role", *role, "--verb=get", "--resource=slacontracts.autonomic.maestro.dev")
    cluster.kubectl("create", "rolebinding", *role, "--role=contract-readers", f"--user={_reader(namespace)}")


@pytest.fixture(params=["memory", "kubernetes"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "memory":
        caller = Caller(_reader("here"), "", ("system:serviceaccounts",))
        grant = (caller.name, *READ, "here")
        yield World(MemoryAccess({"token": caller}, [grant]), "token", "here", caller.name)
        return
    cluster: Cluster = request.getfixturevalue("cluster_with_crds")
    namespace: str = request.getfixturevalue("namespace")
    _grant(cluster, namespace)
    cluster.kubectl("create", "serviceaccount", "reader", "--namespace", namespace)
    token = cluster.service_account_token(namespace, "reader")
    connection = await Connection.open(cluster.kubeconfigs[ADMIN])
    yield World(KubernetesAccess(connection, SystemClock()), token, namespace, _reader(namespace))
    await connection.aclose()


async def test_a_good_token_names_its_owner_and_their_groups(world: World) -> None:
    caller = await world.port.who(world.token)
    assert caller is not None
    assert caller.name == world.reader
    assert "system:serviceaccounts" in caller.groups


@pytest.mark.parametrize("token", ["", "unknown"])
async def test_a_bad_token_is_nobodys(world: World, token: str) -> None:
    assert await world.port.who(token) is None


async def test_a_caller_may_what_was_granted_where_it_was_granted_and_no_more(world: World) -> None:
    caller = await world.port.who(world.token)
    assert caller is not None
    assert await world.port.may(caller, *READ, world.namespace)
    assert not await world.port.may(caller, "delete", "slacontracts", world.namespace)
    assert not await world.port.may(caller, "get", "redlines", world.namespace)
    assert not await world.port.may(caller, *READ, "elsewhere")
    assert not await world.port.may(caller, *READ, None)


async def test_what_is_granted_everywhere_is_granted_there() -> None:
    caller = Caller("somebody", "", ())
    port = MemoryAccess({}, [("somebody", *READ, None)])
    assert await port.may(caller, *READ, "anywhere")
    assert await port.may(caller, *READ, None)


async def test_an_answer_is_remembered_for_a_short_time(cluster_with_crds: Cluster, namespace: str) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    connection = await Connection.open(cluster_with_crds.kubeconfigs[ADMIN])
    port = KubernetesAccess(connection, clock)
    caller = Caller(_reader(namespace), "", ())
    assert not await port.may(caller, *READ, namespace)
    _grant(cluster_with_crds, namespace)
    assert not await port.may(caller, *READ, namespace)
    await clock.advance(REMEMBERED_SECONDS)
    assert await port.may(caller, *READ, namespace)
    await connection.aclose()


async def test_a_cluster_that_cannot_be_asked_is_unavailable_and_not_remembered(cluster: Cluster) -> None:
    connection = await Connection.open(cluster.kubeconfigs[ADMIN], 0.001)
    with pytest.raises(Unavailable):
        await KubernetesAccess(connection, SystemClock()).who("unknown")
    await connection.aclose()


class Answering(Connection):
    """Knows the token `good`, grants everything in `shop` and nothing elsewhere; counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def request(
        self,
        method: str,  # noqa: ARG002
        path: str,
        attempted: str,  # noqa: ARG002
        *,
        params: Mapping[str, str] | None = None,  # noqa: ARG002
        body: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
        content_type: str = "application/json",  # noqa: ARG002
    ) -> dict[str, Any]:
        """The review's answer."""
        self.asked += 1
        assert isinstance(body, Mapping)
        spec = body["spec"]
        if path.endswith("tokenreviews"):
            return {"status": {"authenticated": spec["token"] == "good", "user": {"username": "somebody"}}}
        return {"status": {"allowed": spec["resourceAttributes"]["namespace"] == "shop"}}


async def test_whoever_invents_tokens_or_guesses_names_makes_no_good_answer_be_forgotten() -> None:
    connection, clock = Answering(), ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    port = KubernetesAccess(connection, clock)
    known = await port.who("good")
    assert known is not None
    assert await port.may(known, *READ, "shop")
    for each in range(REMEMBERED_ANSWERS + 1):
        await port.who(f"invented-{each}")
        await port.may(Caller(f"guesser-{each}", "", ()), *READ, f"guess-{each}")
    before = connection.asked
    assert await port.who("good") == known
    assert await port.may(known, *READ, "shop")
    assert connection.asked == before


async def test_a_tenant_who_guesses_one_name_after_the_other_is_slowed_down_alone() -> None:
    connection, clock = Answering(), ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    port = KubernetesAccess(connection, clock)
    accounts = [Caller(f"system:serviceaccount:evil:{name}", "", ()) for name in "ab"]
    for each in range(int(QUESTIONS_AT_ONCE)):
        assert not await port.may(accounts[each % 2], *READ, f"guess-{each}")
    with pytest.raises(Unavailable, match="too many namespaces"):
        await port.may(accounts[0], *READ, "one-more")
    assert not await port.may(accounts[0], *READ, "guess-0")
    assert await port.may(Caller("somebody", "", ()), *READ, "shop")
    await clock.advance(1)
    assert not await port.may(accounts[0], *READ, "one-more")
