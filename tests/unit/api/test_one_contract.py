"""What `GET /autonomic/slo/{namespace}/{name}` says."""

from datetime import timedelta

import httpx
import pytest

from autonomic.domain.errors import Unavailable
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.slo.account import ContractAccount
from tests.unit.api.conftest import World
from tests.unit.api.contracts import NOON, contract
from tests.unit.slo.traffic import Stretch, Traffic

ONE = "/autonomic/slo/shop/triage"


@pytest.fixture
def counted(world: World) -> World:
    """100 tasks a minute, of which 10 fail in the last hour."""
    hour = timedelta(hours=1)
    stretches = [Stretch(NOON - timedelta(days=40), NOON - hour, 100), Stretch(NOON - hour, NOON, 100, 10)]
    world.metrics = MemoryMetrics(Traffic(stretches).answer)
    world.know(contract("shop"))
    return world


async def test_a_contract_is_shown_with_its_counts_its_tiers_and_its_line(
    counted: World, alice: httpx.AsyncClient
) -> None:
    answer = await alice.get(ONE)
    assert answer.status_code == 200
    body = answer.json()
    (one,) = body["objectives"]
    assert (body["contract"], body["namespace"], body["evaluatedAt"]) == ("triage", "shop", "2026-11-22T12:00:00Z")
    assert one["counted"] == {"bad": "600", "total": "4032000", "allowed": "20160"}
    assert one["tiers"] == [
        {
            "level": "Breach",
            "factor": "14.4",
            "long": "1h",
            "short": "5m",
            "longBurn": "20",
            "shortBurn": "20",
            "firing": True,
            "unknown": None,
        }
    ]
    assert len(one["burnDown"]["moments"]) == 61
    assert one["burnDown"]["moments"][0] == {"at": "2026-10-25T12:00:00Z", "remaining": "1"}
    assert (one["alert"], one["budgetRemaining"], one["exhaustsAt"]) == ("Breach", "97.0%", "2026-11-23T20:36:00Z")


async def test_what_is_sent_can_be_read_back_without_loss(counted: World, alice: httpx.AsyncClient) -> None:
    sent = (await alice.get(ONE)).content
    assert ContractAccount.model_validate_json(sent) == await counted.account(counted.contracts["shop/triage"])


async def test_a_contract_that_does_not_exist_is_named(counted: World, alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/autonomic/slo/shop/nobody")
    assert answer.status_code == 404
    assert answer.json()["detail"] == "there is no SLAContract nobody in namespace shop"


async def test_who_may_not_see_a_contract_is_not_told_whether_it_exists(
    counted: World, http: httpx.AsyncClient
) -> None:
    http.headers["Authorization"] = "Bearer daves"
    answers = [await http.get(f"/autonomic/slo/bank/{name}") for name in ("triage", "nobody")]
    assert [each.status_code for each in answers] == [403, 403]
    assert (await http.get(ONE)).status_code == 200


async def test_without_a_token_nothing_is_shown(counted: World, http: httpx.AsyncClient) -> None:
    assert (await http.get(ONE)).status_code == 401


@pytest.mark.parametrize(("path", "field"), [("Shop/triage", "path.namespace"), ("shop/Tri_age", "path.name")])
async def test_a_name_that_can_not_exist_is_refused(alice: httpx.AsyncClient, path: str, field: str) -> None:
    answer = await alice.get(f"/autonomic/slo/{path}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


async def test_a_silent_server_is_said_as_a_problem(counted: World, alice: httpx.AsyncClient) -> None:
    counted.metrics.failure = Unavailable("could not ask Prometheus at 10.0.0.7")
    answer = await alice.get(ONE)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "10.0.0.7" not in answer.text


async def test_a_contract_without_data_says_why_instead_of_figures(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop"))
    (one,) = (await alice.get(ONE)).json()["objectives"]
    assert (one["alert"], one["unknown"]["reason"], one["burnDown"]) == ("Unknown", "NoData", None)


async def test_every_field_of_the_account_is_described(http: httpx.AsyncClient) -> None:
    schemas = (await http.get("/openapi.json")).json()["components"]["schemas"]
    ours = ("ContractAccount", "ObjectiveAccount", "TierAccount", "Counted", "BurnDown", "Moment", "Why")
    fields = [field for name in ours for field in schemas[name]["properties"].values()]
    assert all("description" in field for field in fields)
