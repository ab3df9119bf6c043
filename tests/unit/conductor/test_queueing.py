"""The laws of the queue, whatever the load, the workers and the luck."""

from dataclasses import replace
from math import ceil, inf, nan
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.conductor.queueing import Capacity, Outcome, Queue, Settings

seeds = st.integers(0, 2**32)
rates = st.floats(0.5, 60)
capacities = st.integers(0, 6).flatmap(lambda ready: st.builds(Capacity, st.just(ready), st.integers(0, ready)))
settings_of_any_kind = st.builds(
    Settings,
    arrival_per_s=st.one_of(st.just(0.0), rates),
    service_s=st.floats(0.01, 0.5),
    service_jitter=st.floats(0, 1),
    deadline_s=st.floats(0.05, 2),
    upstream_failure_ratio=st.floats(0, 1),
)


def queue_at(settings: Settings, seed: int = 1) -> Queue:
    return Queue(settings, Random(seed), start=0.0)


def failed_share(outcomes: list[Outcome]) -> float:
    return sum(not outcome.succeeded for outcome in outcomes) / len(outcomes)


@given(seeds, settings_of_any_kind, st.lists(st.tuples(st.floats(0, 2), capacities, settings_of_any_kind), max_size=12))
def test_every_task_that_arrived_is_done_or_waiting_or_in_service(
    seed: int, settings: Settings, steps: list[tuple[float, Capacity, Settings]]
) -> None:
    queue, now, ended = queue_at(settings, seed), 0.0, 0
    for seconds, capacity, changed in steps:
        now += seconds
        ended += len(queue.advance(now, capacity))
        queue.configure(changed)
        assert queue.arrived == queue.succeeded + queue.failed + queue.waiting + queue.in_service
        assert ended == queue.succeeded + queue.failed


@given(seeds, rates, st.floats(0.01, 0.5), st.integers(0, 6))
def test_more_workers_never_fail_more_of_the_same_tasks(seed: int, rate: float, service_s: float, workers: int) -> None:
    settings = Settings(arrival_per_s=rate, service_s=service_s, service_jitter=0.0)
    fewer, more = queue_at(settings, seed), queue_at(settings, seed)
    for second in range(1, 16):
        fewer.advance(second, Capacity(workers))
        more.advance(second, Capacity(workers + 1))
        assert fewer.arrived == more.arrived
        assert more.failed <= fewer.failed


@given(seeds, rates, st.floats(0.01, 0.2), st.floats(0, 0.5))
def test_nothing_fails_below_capacity(seed: int, rate: float, service_s: float, jitter: float) -> None:
    settings = Settings(arrival_per_s=rate, service_s=service_s, service_jitter=jitter)
    queue = queue_at(settings, seed)
    queue.advance(30.0, Capacity(ceil(rate * service_s * (1 + jitter))))
    assert queue.failed == 0


@given(seeds, settings_of_any_kind, capacities)
def test_no_task_waits_beyond_its_deadline(seed: int, settings: Settings, capacity: Capacity) -> None:
    longest = settings.deadline_s + settings.service_s * (1 + settings.service_jitter)
    queue = queue_at(settings, seed)
    for tick in range(1, 100):
        for outcome in queue.advance(tick / 10, capacity):
            assert outcome.seconds <= longest + 1e-9
        assert queue.waiting <= settings.arrival_per_s * settings.deadline_s + 2
        assert queue.in_service <= capacity.ready


@given(seeds, settings_of_any_kind, capacities, st.lists(st.floats(0, 10), max_size=20))
def test_how_often_the_clock_ticks_changes_nothing(
    seed: int, settings: Settings, capacity: Capacity, ticks: list[float]
) -> None:
    at_once, in_ticks = queue_at(settings, seed), queue_at(settings, seed)
    whole = at_once.advance(10.0, capacity)
    pieces = [outcome for tick in [*sorted(ticks), 10.0] for outcome in in_ticks.advance(tick, capacity)]
    assert pieces == whole


def test_two_workers_serve_the_low_load_and_fail_nothing() -> None:
    queue = queue_at(Settings(arrival_per_s=20))
    queue.advance(600.0, Capacity(2))
    assert queue.arrived == pytest.approx(12_000, abs=1)
    assert queue.failed == 0


@pytest.mark.parametrize(("rate", "workers"), [(45.0, 4), (60.0, 5)])
def test_a_raised_load_fails_what_two_workers_cannot_serve_and_nothing_with_enough(rate: float, workers: int) -> None:
    too_few, enough = queue_at(Settings(arrival_per_s=rate)), queue_at(Settings(arrival_per_s=rate))
    assert failed_share(too_few.advance(600.0, Capacity(2))) == pytest.approx(1 - 25 / rate, abs=0.01)
    assert failed_share(enough.advance(600.0, Capacity(workers))) == 0.0


def test_failures_stop_within_a_second_of_added_workers() -> None:
    queue = queue_at(Settings(arrival_per_s=45))
    overloaded = queue.advance(60.0, Capacity(2))
    relieving, relieved = queue.advance(61.0, Capacity(5)), queue.advance(90.0, Capacity(5))
    assert failed_share(overloaded) > 0.4
    assert failed_share(relieving) < 0.2
    assert failed_share(relieved) == 0.0


def test_a_broken_upstream_fails_its_share_whatever_the_number_of_workers() -> None:
    shares = []
    for workers in (2, 5, 20):
        queue = queue_at(Settings(arrival_per_s=20, upstream_failure_ratio=0.4))
        shares.append(failed_share(queue.advance(600.0, Capacity(workers))))
    assert shares == pytest.approx([0.4, 0.4, 0.4], abs=0.02)


def test_a_wedged_worker_fails_its_share_of_the_tasks_until_it_is_gone() -> None:
    queue = queue_at(Settings(arrival_per_s=20))
    assert failed_share(queue.advance(300.0, Capacity(2, wedged=1))) == pytest.approx(1 / 2, abs=0.03)
    assert failed_share(queue.advance(600.0, Capacity(5, wedged=1))) == pytest.approx(1 / 5, abs=0.03)
    queue.advance(601.0, Capacity(2))
    assert failed_share(queue.advance(660.0, Capacity(2))) == 0.0


def test_the_same_seed_gives_the_same_tasks_and_another_seed_others() -> None:
    first, again, other = (queue_at(Settings(), seed).advance(10.0, Capacity(2)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_load_means_no_tasks_until_there_is_load_again() -> None:
    queue = queue_at(Settings(arrival_per_s=0))
    queue.advance(100.0, Capacity(2))
    assert queue.arrived == 0
    queue.configure(Settings(arrival_per_s=10))
    queue.advance(110.0, Capacity(2))
    assert queue.arrived == pytest.approx(100, abs=1)


def test_setting_the_same_rate_again_does_not_disturb_the_tasks() -> None:
    undisturbed, disturbed = queue_at(Settings()), queue_at(Settings())
    before = disturbed.advance(5.0, Capacity(2))
    disturbed.configure(replace(disturbed.settings))
    assert before + disturbed.advance(10.0, Capacity(2)) == undisturbed.advance(10.0, Capacity(2))


def test_who_came_first_is_served_first() -> None:
    # Twice the load that one worker serves, so in the order of arrival each task waits longer than the one before it.
    queue = queue_at(Settings(arrival_per_s=20, service_s=0.1, service_jitter=0.0, deadline_s=100.0))
    seconds = [outcome.seconds for outcome in queue.advance(30.0, Capacity(1))]
    assert len(seconds) > 200
    assert seconds == sorted(seconds)


def test_waiting_tasks_are_taken_at_the_instant_that_workers_come() -> None:
    queue = queue_at(Settings(arrival_per_s=20))
    queue.advance(0.5, Capacity(0))
    waiting = queue.waiting
    queue.advance(0.5, Capacity(3))
    assert (queue.in_service, queue.waiting) == (3, waiting - 3)


def test_time_never_runs_backwards() -> None:
    queue = queue_at(Settings())
    queue.advance(2.0, Capacity(1))
    with pytest.raises(ValueError, match=r"to is 1\.0: give a time from 2\.0 on"):
        queue.advance(1.0, Capacity(1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("arrival_per_s", -1.0),
        ("arrival_per_s", inf),
        ("arrival_per_s", nan),
        ("service_s", 0.0),
        ("service_jitter", 1.1),
        ("deadline_s", 0.0),
        ("upstream_failure_ratio", 2.0),
    ],
)
def test_a_setting_out_of_bounds_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value}: give a finite number from"):
        replace(Settings(), **{field: value})


def test_more_wedged_workers_than_workers_are_refused() -> None:
    with pytest.raises(ValueError, match="wedged is 3 of 2 ready"):
        Capacity(2, wedged=3)
