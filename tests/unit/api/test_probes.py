"""Probes, metrics and documentation: for everybody."""

import httpx

from tests.unit.api.conftest import World


async def test_a_process_that_answers_is_alive_even_when_it_is_not_ready(world: World, http: httpx.AsyncClient) -> None:
    world.unready = "the first listing is not complete"
    assert (await http.get("/livez")).text == "ok"


async def test_readiness_says_why_not(world: World, http: httpx.AsyncClient) -> None:
    world.unready = "the first listing is not complete"
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "the first listing is not complete"
    world.unready = None
    assert (await http.get("/readyz")).status_code == 200


async def test_metrics_are_written_in_the_form_that_was_asked_for(http: httpx.AsyncClient) -> None:
    answer = await http.get("/metrics", headers={"Accept": "application/openmetrics-text"})
    assert answer.text == "up 1\n"
    assert answer.headers["content-type"] == "text/plain; accepted=application/openmetrics-text"


async def test_every_operation_and_every_field_of_an_answer_is_described(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation["description"] for operation in operations)
    fields = document["components"]["schemas"]["SLO"]["properties"]
    assert all("description" in field for field in fields.values())
    assert (await http.get("/docs")).status_code == 200


async def test_the_documentation_says_that_objectives_need_a_token_and_probes_none(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    assert paths["/autonomic/slo"]["get"]["security"] == [{"KubernetesToken": []}]
    assert not any("security" in paths[probe]["get"] for probe in ("/livez", "/readyz", "/metrics"))
    assert {"401", "403", "422", "503"} <= set(paths["/autonomic/slo"]["get"]["responses"])
