"""`POST /autonomic/plans/NAMESPACE/NAME/reviews`: sent on as the person, and answered as the cluster answers."""

import httpx
import pytest

from autonomic.domain.errors import AutonomicError, Conflict, Forbidden, Invalid, NotFound, NotPermitted, Unavailable
from tests.unit.api.conftest import ALICE, DAVE, World
from tests.unit.api.test_plans import PLANS, plan

REVIEWS = f"{PLANS}/shop/one/reviews"


def yes(digest: str | None = None) -> dict[str, str]:
    """An approval of the plan `one`, or of that digest."""
    return {"decision": "Approved", "digest": digest or plan("one").spec.digest, "message": "go"}


async def test_a_review_goes_to_the_cluster_with_the_callers_own_token_and_name(
    world: World, alice: httpx.AsyncClient
) -> None:
    world.plans = [plan("one")]
    answer = await alice.post(REVIEWS, json=yes())
    assert answer.status_code == 201
    ((token, ref, review),) = world.reviewing.given
    assert (token, str(ref)) == ("alices", "AdaptationPlan shop/one")
    assert (review.decision, review.by, review.message) == ("Approved", ALICE.name, "go")
    assert answer.json() == {"namespace": "shop", "plan": "one", "review": review.wire()}


async def test_a_review_of_another_plan_than_was_read_is_not_sent(world: World, alice: httpx.AsyncClient) -> None:
    world.plans = [plan("one")]
    answer = await alice.post(REVIEWS, json=yes("sha256:" + "a" * 64))
    assert answer.status_code == 409
    assert "read it again" in answer.json()["detail"]
    assert not world.reviewing.given


async def test_a_plan_that_is_not_known_here_yet_is_the_clusters_to_judge(
    world: World, alice: httpx.AsyncClient
) -> None:
    assert (await alice.post(REVIEWS, json=yes())).status_code == 201
    assert len(world.reviewing.given) == 1


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Forbidden("alice may not approve"), 403),
        (NotPermitted("Unauthorized (HTTP 401)"), 403),
        (NotFound("no such plan"), 404),
        (Conflict("it changed"), 409),
        (Invalid("too many reviews"), 422),
    ],
)
async def test_what_the_cluster_says_is_told_in_its_words(
    world: World, alice: httpx.AsyncClient, failure: AutonomicError, status: int
) -> None:
    world.reviewing.failure = failure
    answer = await alice.post(REVIEWS, json=yes())
    assert (answer.status_code, answer.json()["detail"]) == (status, str(failure))
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cluster_that_gives_no_answer_took_no_review(world: World, alice: httpx.AsyncClient) -> None:
    world.reviewing.failure = Unavailable("10.0.0.1 refused")
    answer = await alice.post(REVIEWS, json=yes())
    assert answer.status_code == 503
    assert "10.0.0.1" not in answer.text


async def test_who_may_not_see_plans_there_learns_nothing_by_reviewing(world: World, http: httpx.AsyncClient) -> None:
    world.plans = [plan("one", "bank")]
    http.headers["Authorization"] = "Bearer daves"
    for name in ("one", "none"):
        answer = await http.post(f"{PLANS}/bank/{name}/reviews", json=yes())
        assert answer.status_code == 403
        assert answer.json()["detail"] == f"{DAVE.name} may not get adaptationplans in namespace bank"
    assert not world.reviewing.given
    assert (await http.post(REVIEWS, json=yes(), headers={"Authorization": ""})).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"decision": "Maybe"}, "body.decision"),
        ({"digest": "sha256:12"}, "body.digest"),
        ({"by": "root"}, "body.by"),
        ({"message": "x" * 513}, "body.message"),
    ],
)
async def test_what_makes_no_review_is_named(
    world: World, alice: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    answer = await alice.post(REVIEWS, json={**yes(), **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert not world.reviewing.given


async def test_a_body_that_is_too_long_is_not_read(alice: httpx.AsyncClient) -> None:
    answer = await alice.post(REVIEWS, content=b" " * 20_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_of_another_kind_is_refused_with_the_kind_that_is_taken(alice: httpx.AsyncClient) -> None:
    answer = await alice.post(REVIEWS, content=b"decision: Approved", headers={"Content-Type": "application/yaml"})
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


async def test_what_a_stranger_sends_is_not_read(http: httpx.AsyncClient) -> None:
    assert (await http.post(REVIEWS, content=b" " * 20_000)).status_code == 401
