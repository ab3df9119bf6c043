"""The HTTP API and the people behind its tokens, on the real control plane: reviews, audiences, streams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

import httpx
import pytest

from autonomic.adapters.clock import SystemClock, SystemEntropy
from autonomic.adapters.kubernetes.access import KubernetesAccess
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.reviewing import KubernetesReviewing
from autonomic.api import Events, Health, LayerView, build, serve
from autonomic.api.seals import Seal
from autonomic.cycle.feed import Feed, News
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Unavailable
from autonomic.domain.view import View
from autonomic.slo.account import ContractAccount
from testbed.cluster import Cluster
from testbed.installation import Installation
from testbed.people import ALICE, DAVE, ROOT, Person
from testbed.ports import LOOPBACK, with_free_ports
from tests.e2e.admission.conftest import await_known, grant
from tests.e2e.admission.proposals import Proposal, propose
from tests.unit.api.contracts import NOON

__all__ = ["grant"]
SECONDS = 60.0


@dataclass(frozen=True)
class Door:
    """The API as the operator serves it, and what happens behind it."""

    http: httpx.AsyncClient
    feed: Feed
    cluster: Cluster

    async def review(self, proposal: Proposal, person: Person, **fields: str) -> httpx.Response:
        """A review by that person, who approves unless it is said otherwise."""
        path = f"/autonomic/plans/{proposal.namespace}/{proposal.name}/reviews"
        return await self.http.post(path, json=proposal.review(**fields), headers=bearer(self.cluster.tokens[person]))


@contextlib.asynccontextmanager
async def door(installed: Installation, *audiences: str) -> AsyncIterator[Door]:
    """The app with the rights of the operator's ServiceAccount, on a port of its own; tokens must be for the audiences."""
    cluster, feed, clock = installed.cluster, Feed("life"), SystemClock()
    own = cluster.kubeconfig_for(cluster.service_account_token(installed.namespace, "autonomic"))
    layer = LayerView(lambda: View(now=NOON), lambda _: None, lambda: None, no_account, lambda: asyncio.sleep(0))
    health = Health(unready=lambda: None, metrics=no_metrics)
    port = with_free_ports(1, lambda ports: ports[0])
    async with aclosing(await Connection.open(own)) as connection:
        access = KubernetesAccess(connection, clock, audiences)
        reviewing, happening = await KubernetesReviewing.open(own), Events(feed, clock, Seal(SystemEntropy().nonce))
        app = build(layer, access, health, reviewing=reviewing, happening=happening)
        serving = asyncio.create_task(serve(app, LOOPBACK, port))
        transport = httpx.AsyncHTTPTransport(retries=5)
        try:
            async with httpx.AsyncClient(
                transport=transport, base_url=f"http://{LOOPBACK}:{port}", timeout=SECONDS
            ) as client:
                yield Door(client, feed, cluster)
        finally:
            feed.close()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture
async def api(installed: Installation) -> AsyncIterator[Door]:
    """The API for tokens of the cluster."""
    async with door(installed) as opened:
        yield opened


@pytest.fixture
def proposal(installed: Installation, namespace: str) -> Proposal:
    """A plan that waits for a person."""
    await_known(installed, namespace)
    return propose(installed, namespace)


async def no_account(contract: SLAContract) -> ContractAccount:
    """As of an operator whose Prometheus is silent."""
    raise Unavailable(f"nothing was counted for {contract.key}")


async def no_metrics(_: str) -> tuple[bytes, str]:
    """An empty page."""
    return b"", "text/plain"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_admission_sees_the_person_who_reviews_and_never_the_operator(api: Door, proposal: Proposal) -> None:
    answer = await api.review(proposal, ALICE, message="go")
    assert answer.status_code == 201, answer.text
    (review,) = proposal.reviews()
    assert (review["by"], review["decision"], review["message"]) == (ALICE.name, "Approved", "go")
    patches = [each for each in api.cluster.writes() if each.name == proposal.name and each.verb == "patch"]
    assert [each.user for each in patches] == [ALICE.name]


async def test_who_may_patch_plans_but_not_approve_them_is_told_so_by_the_api_server(
    api: Door, proposal: Proposal, grant: Callable[[Person, list[str]], None]
) -> None:
    await asyncio.to_thread(grant, DAVE, ["get", "list", "patch"])
    answer = await api.review(proposal, DAVE)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert "ValidatingAdmissionPolicy 'autonomic-plans'" in answer.json()["detail"]
    assert f"{DAVE.name} may not review" in answer.json()["detail"]
    assert proposal.reviews() == []


async def test_a_review_of_another_plan_than_was_read_is_refused_by_the_api_server(
    api: Door, proposal: Proposal
) -> None:
    answer = await api.review(proposal, ALICE, digest="sha256:" + "a" * 64)
    assert answer.status_code == 422
    assert proposal.reviews() == []
    path = f"/autonomic/plans/{proposal.namespace}/none/reviews"
    missing = await api.http.post(path, json=proposal.review(), headers=bearer(api.cluster.tokens[ALICE]))
    assert missing.status_code == 404


async def test_a_token_is_taken_only_where_it_is_bound_to_an_audience_of_the_api(
    installed: Installation, namespace: str
) -> None:
    cluster = installed.cluster
    cluster.kubectl("create", "serviceaccount", "dashboard", "--namespace", namespace, as_=ROOT)
    of_cluster = cluster.service_account_token(namespace, "dashboard")
    create = ("create", "token", "dashboard", "--namespace", namespace)
    of_ours = cluster.kubectl(*create, "--audience=autonomic", as_=ROOT).strip()
    of_others = cluster.kubectl(*create, "--audience=vault", as_=ROOT).strip()
    params = {"namespace": namespace}

    async def statuses(opened: Door) -> list[int]:
        headers = [bearer(token) for token in (of_cluster, of_ours, of_others)]
        return [(await opened.http.get("/autonomic/slo", params=params, headers=each)).status_code for each in headers]

    async with door(installed) as opened:
        assert await statuses(opened) == [403, 401, 401]
    async with door(installed, "autonomic") as opened:
        assert await statuses(opened) == [401, 403, 401]


async def test_a_stream_tells_what_happens_to_who_may_watch_and_a_caller_has_only_so_many(
    api: Door, namespace: str
) -> None:
    headers = bearer(api.cluster.tokens[ALICE])
    assert (await api.http.get("/autonomic/events", headers=bearer(api.cluster.tokens[DAVE]))).status_code == 403
    async with contextlib.AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(api.http.stream("GET", "/autonomic/events", headers=headers))
            for _ in range(4)
        ]
        lines = streams[0].aiter_lines()
        assert [await anext(lines) for _ in range(3)] == ["retry: 3000", "", "event: Open"]
        assert (await api.http.get("/autonomic/events", headers=headers)).status_code == 429
        api.feed.publish(News("PlanChanged", "adaptationplans", namespace, NOON, {"plan": "one"}))
        async with asyncio.timeout(SECONDS):
            while await anext(lines) != "event: PlanChanged":
                pass
        assert (await anext(lines)).startswith("id: life-")
        assert '"plan":"one"' in await anext(lines)
