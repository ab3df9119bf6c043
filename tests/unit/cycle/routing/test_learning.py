"""What is learnt at one task type of a route: by the policy that the route names, as it says."""

from random import Random
from typing import Any

import pytest

from autonomic.cycle.routing.learning import policy_of, pools_of
from autonomic.domain.routes import AdaptiveRouteSpec
from tests.unit.cycle.routing.scene import route_spec

NAMES = ("sonnet", "haiku")


@pytest.mark.parametrize(
    ("said", "shares"),
    [
        ({}, (0.1, 0.1)),
        ({"epsilon": "0.4"}, (0.4, 0.4)),
        ({"epsilon": "0.4", "epsilonHalfLife": 100}, (0.4, 0.1)),
        ({"epsilon": "0.4", "epsilonHalfLife": 100, "leastEpsilon": "0.3"}, (0.4, 0.3)),
    ],
)
def test_a_route_says_how_much_epsilon_greedy_explores_and_how_that_falls(
    said: dict[str, Any], shares: tuple[float, float]
) -> None:
    policy = {"algorithm": "EpsilonGreedy", **said}
    spec = AdaptiveRouteSpec.model_validate(route_spec(policy=policy))
    made = policy_of(spec, "triage", pools_of(spec))
    found = [2 * min(made.weights(NAMES, at, Random(0)).values()) for at in (0, 200)]
    assert found == pytest.approx(shares)


def test_with_a_short_half_life_epsilon_greedy_sees_a_fall_sooner() -> None:
    def outcomes_until_seen(**said: int) -> int:
        policy = {"algorithm": "EpsilonGreedy", **said}
        spec = AdaptiveRouteSpec.model_validate(route_spec(policy=policy))
        made = policy_of(spec, "triage", pools_of(spec))
        for at in range(500):
            made.learn("sonnet", True, at)
            made.learn("haiku", at % 2 == 0, at)
        for seen in range(500):
            if made.weights(NAMES, 500, Random(0))["haiku"] > 0.5:
                return seen
            made.learn("sonnet", False, 500)
        return 500

    assert (
        outcomes_until_seen(meanHalfLife=5) < 10 < outcomes_until_seen() < 100 < outcomes_until_seen(meanHalfLife=300)
    )
