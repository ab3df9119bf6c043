"""How long a decision among ten candidates takes, in microseconds: by published weights, and by sampling."""

from collections.abc import Callable
from random import Random
from time import perf_counter_ns

from autonomic.routing.algorithms import make
from benchmarks.routing.server import NAME, NAMESPACE, TASK_TYPE, service
from benchmarks.routing.worlds import UNTUNED

_LEARNED, _TIMED, _ROUNDS = 5_000, 10_000, 5
_RATES = UNTUNED["ten"]


def deciding() -> dict[str, float]:
    """p50 and p99 of both: the best of some rounds, as other programs on the machine are not what is measured."""
    random = Random(7)
    names = tuple(f"candidate-{place}" for place in range(len(_RATES)))
    policy = make("ChangePoints", names)
    for task in range(_LEARNED):
        name = policy.choose(names, task, random)
        policy.learn(name, random.random() < _RATES[names.index(name)], task)
    routing = service()
    decided = _timed(lambda: routing.decide(NAMESPACE, NAME, TASK_TYPE))
    sampled = _timed(lambda: policy.choose(names, _LEARNED, random))
    return {
        "decide_p50_us": decided[0],
        "decide_p99_us": decided[1],
        "sample_p50_us": sampled[0],
        "sample_p99_us": sampled[1],
    }


def _timed(decide: Callable[[], object]) -> tuple[float, float]:
    rounds = [_round(decide) for _ in range(_ROUNDS)]
    return min(p50 for p50, _ in rounds), min(p99 for _, p99 in rounds)


def _round(decide: Callable[[], object]) -> tuple[float, float]:
    took = []
    for _ in range(_TIMED):
        start = perf_counter_ns()
        decide()
        took.append(perf_counter_ns() - start)
    took.sort()
    return round(took[_TIMED // 2] / 1000, 2), round(took[_TIMED * 99 // 100] / 1000, 2)
