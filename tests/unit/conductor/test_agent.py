"""An agent follows the pods of its Deployment, its load and its fault."""

from random import Random

import pytest

from examples.conductor.agent import Agent, Fault, NoWorkerError
from examples.conductor.workers import InMemoryWorkers, Workload

TRIAGE = Workload("demo", "triage-agent")


@pytest.fixture
def workers() -> InMemoryWorkers:
    workers = InMemoryWorkers()
    workers.set(TRIAGE, ready=["a", "b"])
    return workers


@pytest.fixture
def agent(workers: InMemoryWorkers) -> Agent:
    return Agent(TRIAGE, workers, Random(1))


def live(agent: Agent, start: int, end: int) -> float:
    """Let the agent live from `start` to `end` (seconds) by ticks of 0.1 s; the share of failed tasks."""
    agent.advance(start)
    succeeded, failed = agent.succeeded, agent.failed
    for tick in range(start * 10 + 1, end * 10 + 1):
        agent.advance(tick / 10)
    return (agent.failed - failed) / (agent.failed - failed + agent.succeeded - succeeded)


def test_two_pods_serve_the_load_that_an_agent_starts_with(agent: Agent) -> None:
    assert live(agent, 0, 60) == 0.0
    assert agent.succeeded == pytest.approx(1_200, abs=5)


def test_a_raised_load_fails_tasks_until_the_deployment_has_more_ready_pods(
    agent: Agent, workers: InMemoryWorkers
) -> None:
    agent.set_condition(45.0, None)
    assert live(agent, 0, 20) > 0.3
    workers.set(TRIAGE, ready=["a", "b"], unready=["c", "d", "e"])
    assert live(agent, 20, 40) > 0.3
    workers.set(TRIAGE, ready=["a", "b", "c", "d", "e"])
    live(agent, 40, 42)
    assert live(agent, 42, 60) == 0.0


def test_no_task_arrives_before_the_first_pod_is_ready(agent: Agent, workers: InMemoryWorkers) -> None:
    workers.set(TRIAGE, ready=[], unready=["a"])
    agent.advance(0.0)
    agent.advance(50.0)
    assert (agent.succeeded, agent.failed) == (0, 0)
    workers.set(TRIAGE, ready=["a", "b"])
    assert live(agent, 50, 60) == 0.0
    assert agent.succeeded == pytest.approx(200, abs=5)


def test_an_agent_that_has_lost_all_pods_fails_every_task(agent: Agent, workers: InMemoryWorkers) -> None:
    live(agent, 0, 10)
    workers.set(TRIAGE, ready=[])
    agent.advance(11.0)
    assert live(agent, 11, 20) == 1.0


def test_a_broken_upstream_is_not_helped_by_more_pods(agent: Agent, workers: InMemoryWorkers) -> None:
    agent.set_condition(20.0, Fault.UPSTREAM)
    assert live(agent, 0, 100) == pytest.approx(0.4, abs=0.05)
    workers.set(TRIAGE, ready="abcdef")
    assert live(agent, 100, 200) == pytest.approx(0.4, abs=0.05)
    agent.set_condition(20.0, None)
    assert live(agent, 200, 220) == 0.0


def test_a_wedged_pod_stays_wedged_until_its_uid_is_gone(agent: Agent, workers: InMemoryWorkers) -> None:
    live(agent, 0, 1)
    agent.set_condition(20.0, Fault.WEDGED)
    assert live(agent, 1, 60) == pytest.approx(0.5, abs=0.05)
    workers.set(TRIAGE, ready=["b", "c"], unready=["a"])
    agent.advance(61.0)
    assert (agent.fault, agent.wedged) == (Fault.WEDGED, 1)
    workers.set(TRIAGE, ready=["b", "c"])
    agent.advance(62.0)
    assert (agent.fault, agent.wedged) == (None, 0)
    assert live(agent, 62, 80) == 0.0


def test_more_pods_do_not_heal_a_wedged_one(agent: Agent, workers: InMemoryWorkers) -> None:
    live(agent, 0, 1)
    agent.set_condition(20.0, Fault.WEDGED)
    workers.set(TRIAGE, ready="abcde")
    assert live(agent, 1, 60) == pytest.approx(0.2, abs=0.05)
    assert agent.wedged == 1


def test_asking_twice_for_a_wedged_pod_wedges_the_same_one(agent: Agent, workers: InMemoryWorkers) -> None:
    agent.set_condition(20.0, Fault.WEDGED)
    workers.set(TRIAGE, ready=["0-new", "a"])
    agent.set_condition(20.0, Fault.WEDGED)
    workers.set(TRIAGE, ready=["0-new"])
    agent.advance(1.0)
    assert agent.wedged == 0


def test_a_fault_that_is_taken_back_is_gone(agent: Agent) -> None:
    agent.set_condition(20.0, Fault.WEDGED)
    agent.set_condition(20.0, None)
    assert (agent.fault, agent.wedged) == (None, 0)


def test_wedging_a_pod_where_none_is_ready_is_refused_and_changes_nothing(
    agent: Agent, workers: InMemoryWorkers
) -> None:
    workers.set(TRIAGE, ready=[], unready=["a"])
    with pytest.raises(NoWorkerError, match="no pod of demo/triage-agent is ready"):
        agent.set_condition(45.0, Fault.WEDGED)
    assert (agent.arrival_per_s, agent.fault) == (20.0, None)


@pytest.mark.parametrize("text", ["triage-agent", "/triage-agent", "demo/", "demo/triage/agent", ""])
def test_a_workload_that_is_not_namespace_and_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write namespace/name"):
        Workload.parse(text)
