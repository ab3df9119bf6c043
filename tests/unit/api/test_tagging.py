"""Answers bear a mark: who has the answer already is told so without a body."""

import httpx
import pytest

from tests.unit.api.conftest import World
from tests.unit.api.contracts import contract

SLO = "/autonomic/slo"


async def test_who_has_the_answer_already_gets_no_body(world: World, alice: httpx.AsyncClient) -> None:
    world.know(contract("shop"))
    first = await alice.get(SLO)
    again = await alice.get(SLO, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert "content-length" not in again.headers


@pytest.mark.parametrize("known", ["W/{}", '"other", {}', "*"])
async def test_a_mark_is_known_in_every_way_of_writing_it(alice: httpx.AsyncClient, known: str) -> None:
    mark = (await alice.get(SLO)).headers["etag"]
    assert (await alice.get(SLO, headers={"If-None-Match": known.format(mark)})).status_code == 304


async def test_what_changed_is_shown_with_another_mark(world: World, alice: httpx.AsyncClient) -> None:
    mark = (await alice.get(SLO)).headers["etag"]
    world.know(contract("shop"))
    answer = await alice.get(SLO, headers={"If-None-Match": mark})
    assert answer.status_code == 200
    assert answer.headers["etag"] != mark


async def test_nobody_between_may_keep_an_answer_for_another(alice: httpx.AsyncClient) -> None:
    answer = await alice.get(SLO)
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("private, no-cache", "Authorization")


async def test_a_mark_opens_nothing(world: World, http: httpx.AsyncClient) -> None:
    http.headers["Authorization"] = "Bearer alices"
    mark = (await http.get(SLO)).headers["etag"]
    http.headers["Authorization"] = "Bearer daves"
    assert (await http.get(SLO, headers={"If-None-Match": mark})).status_code == 403
    assert (await http.get(SLO, headers={"If-None-Match": "*", "Authorization": ""})).status_code == 401


async def test_errors_and_probes_bear_no_mark(alice: httpx.AsyncClient) -> None:
    assert "etag" not in (await alice.get(f"{SLO}/shop/none")).headers
    assert "etag" not in (await alice.get("/livez")).headers
