"""`GET /autonomic/health`: filters, pages, and moments of the past."""

from datetime import timedelta
from functools import partial

import httpx
import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Unavailable
from autonomic.domain.health import HealthSnapshotStatus, HealthWord, SubjectKind
from autonomic.domain.readings import Abilities
from autonomic.health.rows import Row
from autonomic.health.snapshot import Evidence, status
from autonomic.health.standing import Look, follow
from autonomic.health.subjects import Key
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.plugins import PluginStanding
from tests.unit.api.conftest import World
from tests.unit.api.contracts import NOON
from tests.unit.domain.specimens import contract, objective
from tests.unit.slo.judging import NOON as OUTAGE_NOON
from tests.unit.slo.judging import outage

HEALTH = "/autonomic/health"
SCORES: dict[HealthWord, float | None] = {"Healthy": 100.0, "Degraded": 60.0, "Critical": 20.0, "Unknown": None}


def row(name: str, health: HealthWord = "Healthy", kind: SubjectKind = "Agent", namespace: str = "shop") -> Row:
    """A subject that is so since noon."""
    key = Key(namespace, kind, name)
    standing = follow(None, Look(SCORES[health], 0.0), NOON)
    return Row(key, health, partial(status, key, standing, Evidence(), NOON))


async def test_every_subject_is_shown_with_its_health_score_and_trend(world: World, alice: httpx.AsyncClient) -> None:
    world.rows = [row("db", "Critical", "Infra"), row("new", "Unknown")]
    answer = (await alice.get(HEALTH)).json()
    assert answer["total"] == 2
    new, db = answer["items"]
    assert db["subject"] == {"kind": "Infra", "name": "db"}
    assert (db["tenant"], db["health"], db["score"], db["trend"]) == ("shop", "Critical", 20, "Steady")
    assert (new["health"], new["score"]) == ("Unknown", None)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"namespace": "shop"}, ["shop/web", "shop/db"]),
        ({"kind": "Infra"}, ["shop/db"]),
        ({"name": "web"}, ["lab/web", "shop/web"]),
        ({"health": "Critical"}, ["lab/web", "shop/db"]),
        ({"health": "Critical", "kind": "Agent"}, ["lab/web"]),
    ],
)
async def test_filters_narrow_what_is_shown(
    world: World, alice: httpx.AsyncClient, asked: dict[str, str], found: list[str]
) -> None:
    world.rows = [row("db", "Critical", "Infra"), row("web"), row("web", "Critical", namespace="lab")]
    answer = (await alice.get(HEALTH, params=asked)).json()
    assert [f"{each['tenant']}/{each['subject']['name']}" for each in answer["items"]] == found


async def test_a_page_has_its_limit_and_what_is_not_on_it_is_counted_and_not_put_into_words(
    world: World, alice: httpx.AsyncClient
) -> None:
    told: list[str] = []

    def telling(name: str) -> HealthSnapshotStatus:
        told.append(name)
        return HealthSnapshotStatus()

    world.rows = [Row(Key("shop", "Agent", name), "Healthy", partial(telling, name)) for name in "abc"]
    answer = (await alice.get(HEALTH, params={"limit": 2})).json()
    assert (len(answer["items"]), answer["total"], told) == (2, 3, ["a", "b"])


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"kind": "Pod"}, "query.kind"),
        ({"health": "Fine"}, "query.health"),
        ({"limit": 0}, "query.limit"),
        ({"at": "yesterday"}, "query.at"),
        ({"at": "2026-11-22T12:00:00"}, "query.at"),
    ],
)
async def test_what_is_not_understood_is_refused_by_its_field(
    alice: httpx.AsyncClient, asked: dict[str, str], field: str
) -> None:
    answer = await alice.get(HEALTH, params=asked)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_who_may_list_snapshots_in_one_namespace_sees_that_alone(world: World, http: httpx.AsyncClient) -> None:
    world.rows = [row("web")]
    assert (await http.get(HEALTH)).status_code == 401
    http.headers["Authorization"] = "Bearer daves"
    assert (await http.get(HEALTH, params={"namespace": "shop"})).status_code == 200
    answer = await http.get(HEALTH)
    assert answer.status_code == 403
    assert "may not list healthsnapshots in every namespace" in answer.json()["detail"]


async def test_the_description_says_what_may_be_asked(http: httpx.AsyncClient) -> None:
    page = (await http.get("/openapi.json")).json()["paths"][HEALTH]["get"]
    read = {each["name"] for each in page["parameters"] if each["in"] == "query"}
    assert read == {"namespace", "kind", "name", "health", "at", "limit", "continue"}
    assert {"200", "401", "403", "422", "503"} <= page["responses"].keys()


def web(name: str = "web", **spec: object) -> SLAContract:
    """A contract about a workload of its name."""
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    return contract(name, targetRef=target, objectives=[objective(window={"rolling": "1d"})], **spec)


def then(minutes: int) -> dict[str, str]:
    """So many minutes before the shop's noon."""
    return {"namespace": "shop", "at": (OUTAGE_NOON - timedelta(minutes=minutes)).isoformat()}


async def test_a_moment_of_the_past_is_judged_anew(world: World, alice: httpx.AsyncClient) -> None:
    world.metrics = MemoryMetrics(outage().answer)
    world.know(web())
    calm = (await alice.get(HEALTH, params=then(180))).json()
    ill = (await alice.get(HEALTH, params=then(65))).json()
    assert [(each["subject"]["kind"], each["health"]) for each in calm["items"]] == [
        ("Agent", "Healthy"),
        ("System", "Healthy"),
    ]
    assert {each["health"] for each in ill["items"]} == {"Critical"}
    agent = ill["items"][0]
    assert (agent["trend"], agent["since"], agent["observedAt"]) == ("Worsening", None, "2025-06-18T10:55:00Z")
    assert agent["issues"][0]["message"].startswith("web/success: ")
    assert ill["evaluatedAt"] == "2025-06-18T10:55:00Z"


async def test_of_the_past_of_one_workload_only_what_it_lives_from_is_judged_beside_it(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.metrics = MemoryMetrics(outage().answer)
    world.know(web(dependsOn=[{"name": "db"}]), web("db"), *(web(f"w{at}") for at in range(120)))
    crowd = await alice.get(HEALTH, params=then(65))
    assert crowd.status_code == 422
    assert "122 contracts would be judged anew, at most 100 are" in crowd.json()["detail"]
    answer = (await alice.get(HEALTH, params={**then(65), "kind": "Agent", "name": "web"})).json()
    (item,) = answer["items"]
    assert (item["subject"]["name"], item["cause"]["name"]) == ("web", "db")
    assert item["cause"]["message"].startswith("probably because of db: web depends on it, and it was unwell, too")


async def test_what_prometheus_no_longer_keeps_is_unknown_and_says_so(world: World, alice: httpx.AsyncClient) -> None:
    world.metrics.can = Abilities(anchored=True, retention=timedelta(days=15))
    world.know(web())
    when = (NOON - timedelta(days=16)).isoformat()
    answer = (await alice.get(HEALTH, params={"namespace": "shop", "at": when})).json()
    assert {each["health"] for each in answer["items"]} == {"Unknown"}
    assert answer["items"][0]["issues"][0]["message"].startswith("OutOfRetention: Prometheus keeps samples for 15 days")


async def test_the_future_is_not_known(alice: httpx.AsyncClient) -> None:
    answer = await alice.get(HEALTH, params={"at": (NOON + timedelta(minutes=1)).isoformat()})
    assert answer.status_code == 422
    assert "is in the future" in answer.json()["detail"]


async def test_a_silent_prometheus_is_no_answer_about_the_past(world: World, alice: httpx.AsyncClient) -> None:
    world.know(web())
    world.metrics.failure = Unavailable("Prometheus is down")
    assert (await alice.get(HEALTH, params=then(65))).status_code == 503


async def test_plug_ins_are_named_to_whoever_may_see_everything_and_to_nobody_else(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.plugins = (PluginStanding("Loop", "Early", "early-bird 1.0", "LeftAlone", "it gave no answer within 2 s", 3),)
    (plugin,) = (await alice.get(HEALTH)).json()["plugins"]
    assert plugin == {
        "kind": "Loop",
        "name": "Early",
        "package": "early-bird 1.0",
        "state": "LeftAlone",
        "failures": 3,
        "message": "it gave no answer within 2 s",
    }
    assert (await alice.get(HEALTH, params={"namespace": "shop"})).json()["plugins"] is None
