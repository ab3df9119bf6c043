"""What a scrape shows, and what a scenario can and cannot set over HTTP."""

from collections.abc import AsyncIterator
from random import Random

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from examples.conductor.agent import Agent
from examples.conductor.app import create_app
from examples.conductor.workers import InMemoryWorkers, Workload

TRIAGE, REVIEW = Workload("demo", "triage-agent"), Workload("other", "review-agent")
TRIAGE_URL = "/agents/demo/triage-agent"


@pytest.fixture
def workers() -> InMemoryWorkers:
    workers = InMemoryWorkers()
    workers.set(TRIAGE, ready=["a", "b"])
    return workers


@pytest.fixture
def agents(workers: InMemoryWorkers) -> list[Agent]:
    luck = Random(1)
    return [Agent(workload, workers, luck) for workload in (TRIAGE, REVIEW)]


def client_of(app: FastAPI) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app), base_url="http://conductor")


@pytest.fixture
async def client(agents: list[Agent]) -> AsyncIterator[AsyncClient]:
    async with client_of(create_app(agents, known=lambda: True)) as client:
        yield client


async def scrape(client: AsyncClient) -> dict[tuple[str, ...], float]:
    """Every sample by its name and its labels' values in the order of their names."""
    text = (await client.get("/metrics")).text
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_both_outcomes_of_every_agent_are_exported_from_zero_on(client: AsyncClient) -> None:
    samples = await scrape(client)
    for workload in (TRIAGE, REVIEW):
        for status in ("succeeded", "failed"):
            assert samples["conductor_tasks_total", workload.name, workload.namespace, status] == 0.0


async def test_a_scrape_shows_the_agent_as_it_is(client: AsyncClient, agents: list[Agent]) -> None:
    await client.put(TRIAGE_URL, json={"arrival_per_s": 45, "fault": "wedged"})
    agents[0].advance(0.0)
    agents[0].advance(10.0)
    samples = await scrape(client)
    key = (TRIAGE.name, TRIAGE.namespace)
    assert samples["conductor_tasks_total", *key, "succeeded"] == agents[0].succeeded > 0
    assert samples["conductor_tasks_total", *key, "failed"] == agents[0].failed > 0
    assert samples["conductor_task_seconds_count", *key] == agents[0].succeeded + agents[0].failed
    assert samples["conductor_task_seconds_sum", *key] == pytest.approx(agents[0].seconds_sum)
    assert samples["conductor_queue_depth", *key] == agents[0].waiting > 0
    assert samples["conductor_workers_ready", *key] == 2
    assert samples["conductor_wedged_workers", *key] == 1
    assert samples["conductor_tasks_total", REVIEW.name, REVIEW.namespace, "failed"] == 0


async def test_a_task_falls_into_the_bucket_of_its_seconds(client: AsyncClient, agents: list[Agent]) -> None:
    agents[0].advance(0.0)
    agents[0].advance(60.0)
    samples = await scrape(client)
    assert samples["conductor_task_seconds_bucket", TRIAGE.name, "0.4", TRIAGE.namespace] == agents[0].succeeded
    assert 0 < samples["conductor_task_seconds_bucket", TRIAGE.name, "0.1", TRIAGE.namespace] < agents[0].succeeded


async def test_setting_an_agent_answers_with_its_state(client: AsyncClient) -> None:
    answer = await client.put(TRIAGE_URL, json={"arrival_per_s": 45, "fault": "upstream"})
    state = {
        **{"namespace": "demo", "name": "triage-agent", "arrival_per_s": 45.0, "fault": "upstream"},
        **{"ready": 2, "wedged": 0, "waiting": 0, "succeeded": 0, "failed": 0},
    }
    assert (answer.status_code, answer.json()) == (200, state)
    assert (await client.get("/agents")).json()[0] == state
    assert (await client.get("/agents")).json()[1]["arrival_per_s"] == 20.0


async def test_a_fault_that_is_left_out_is_none(client: AsyncClient) -> None:
    await client.put(TRIAGE_URL, json={"arrival_per_s": 45, "fault": "upstream"})
    assert (await client.put(TRIAGE_URL, json={"arrival_per_s": 20})).json()["fault"] is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{}", "arrival_per_s: Field required"),
        ('{"arrival_per_s": -1}', "arrival_per_s is -1: Input should be greater than or equal to 0"),
        ('{"arrival_per_s": 1e6}', "arrival_per_s is 1000000.0: Input should be less than or equal to 500"),
        ('{"arrival_per_s": NaN}', "arrival_per_s is nan: Input should be a finite number"),
        ('{"arrival_per_s": Infinity}', "arrival_per_s is inf: Input should be a finite number"),
        ('{"arrival_per_s": "many"}', "arrival_per_s is 'many': Input should be a valid number"),
        ('{"arrival_per_s": 20, "fault": "broken"}', "fault is 'broken': Input should be 'upstream' or 'wedged'"),
        ('{"arrival_per_s": 20, "falt": "wedged"}', "falt is 'wedged': Extra inputs are not permitted"),
        ('{"arrival_per_s"', "JSON decode error"),
    ],
)
async def test_bad_input_is_refused_with_the_field_the_value_and_the_way_out(
    client: AsyncClient, body: str, message: str
) -> None:
    answer = await client.put(TRIAGE_URL, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert message in answer.json()["detail"]
    assert (await client.get("/agents")).json()[0]["arrival_per_s"] == 20.0


async def test_an_agent_that_does_not_run_here_is_named_beside_those_that_do(client: AsyncClient) -> None:
    answer = await client.put("/agents/demo/nobody", json={"arrival_per_s": 20})
    assert answer.status_code == 404
    assert answer.json()["detail"] == (
        "no agent demo/nobody runs here: name one of demo/triage-agent, other/review-agent"
    )


async def test_wedging_without_a_ready_pod_is_a_conflict(client: AsyncClient) -> None:
    answer = await client.put("/agents/other/review-agent", json={"arrival_per_s": 20, "fault": "wedged"})
    assert answer.status_code == 409
    assert "no pod of other/review-agent is ready" in answer.json()["detail"]


@pytest.mark.parametrize(("known", "status"), [(True, 200), (False, 503)])
async def test_it_is_healthy_once_the_pods_are_known(agents: list[Agent], known: bool, status: int) -> None:
    async with client_of(create_app(agents, known=lambda: known)) as client:
        assert (await client.get("/healthz")).status_code == status
