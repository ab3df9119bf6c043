"""What is learnt at one task type of a route: the policy, the record of each candidate, and what was counted."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from autonomic.domain.candidates import Candidate
from autonomic.domain.errors import Invalid
from autonomic.domain.route_rules import RoutePolicy
from autonomic.domain.routes import LONGEST_MEMORY, AdaptiveRouteSpec
from autonomic.routing.algorithms import make
from autonomic.routing.algorithms.epsilon_greedy import looking_back
from autonomic.routing.chance import Random
from autonomic.routing.counterfactual import Logged
from autonomic.routing.decision_log import MOST, DecisionLog
from autonomic.routing.ejection import Ejection
from autonomic.routing.outcome import Outcome
from autonomic.routing.policy import Policy
from autonomic.routing.profile import PerformanceProfile, Record
from autonomic.routing.sharing import Pools, SharingChangePoints
from autonomic.routing.tally import Tally

_DIGITS = 6
"""Significant ones that are remembered of each number; of larger ones, such as times, all that are whole."""
_LEAST = 0.5
"""Of a believed success or failure: a candidate that is believed to be perfect may still fail."""


class Learner:
    """One task type; those of a route share `pools`. `at` counts its outcomes: the logical clock of its policy."""

    def __init__(self, spec: AdaptiveRouteSpec, task_type: str, pools: Pools) -> None:
        self.task_type = task_type
        self.at = 0
        self.policy = policy_of(spec, task_type, pools)
        self.ejection = Ejection()
        self.records = {each.name: Record(each.name, task_type) for each in spec.candidates}
        self.results: Counter[tuple[str, str]] = Counter()
        """How many outcomes there were, by candidate and result: success, failure, unknown."""
        self.tallies = {name: Tally() for name in self.records}
        """What counters say of each candidate since this process began."""
        self.log = DecisionLog(MOST // len(spec.task_types))

    def learn(self, outcome: Outcome, propensity: float = 0.0) -> bool:
        """Takes an outcome in; True is an alarm: the candidate seems to have changed.

        `propensity` is the chance that the task was decided so, from 0 to 1; 0 where that is not known.
        """
        record = self.records.get(outcome.candidate)
        if record is None:
            return False
        self.at += 1
        self.results[outcome.candidate, "success" if outcome.success else "failure"] += 1
        record.fold(outcome)
        self.tallies[outcome.candidate].add(outcome)
        if propensity:
            self.log.add(Logged(self.task_type, outcome.candidate, propensity, float(outcome.success)))
        collapsed = self.ejection.learn(outcome.candidate, outcome.success, outcome.at)
        return self.policy.learn(outcome.candidate, outcome.success, self.at) or collapsed

    def unknown(self, candidate: str) -> None:
        """An outcome that nobody could tell, or that never came: counted, never learnt from."""
        self.results[candidate, "unknown"] += 1

    @property
    def known(self) -> bool:
        """Whether there ever was an outcome of any candidate."""
        return any(record.known for record in self.records.values())

    def profiles(self, now: float) -> dict[str, PerformanceProfile]:
        """By candidate, as they stand at that time (seconds since the epoch)."""
        return {name: record.profile(now) for name, record in self.records.items()}

    def wanted(self, eligible: Sequence[str], ahead: Mapping[str, float], random: Random) -> Mapping[str, float]:
        """How often the policy would choose each now. `ahead` is what each is ahead by in latency and cost."""
        self.policy.prefer(ahead)
        return self.policy.weights(eligible, self.at, random)

    def remember(self) -> str | None:
        """All of it as JSON, as far as it fits into a status: the policy before the records; None where nothing fits."""
        records = {name: record.remember() for name, record in self.records.items()}
        least = {"policy": self.policy.remember(), "ejection": self.ejection.remember()}
        whole = {**least, "records": records}
        texts = (json.dumps(_short(each), separators=(",", ":")) for each in (whole, least))
        return next((text for text in texts if len(text) <= LONGEST_MEMORY), None)

    def recall(self, at: int, state: str) -> None:
        """Takes up what was remembered, as far as it can be understood: what can't is learnt anew."""
        try:
            remembered = json.loads(state)
            self.policy.recall(remembered["policy"])
            self.at = at
            self.ejection.recall(remembered["ejection"])
            for name, record in remembered.get("records", {}).items():
                if name in self.records:
                    self.records[name].recall(record)
        except (Invalid, ValueError, TypeError, KeyError, AttributeError):
            return


def pools_of(spec: AdaptiveRouteSpec) -> Pools:
    """What the task types of a route let each other know, before any of them was heard."""
    believed = {each.name: _believed(each) for each in spec.candidates}
    return Pools(lambda name: believed.get(name, (1.0, 1.0)))


def policy_of(spec: AdaptiveRouteSpec, task_type: str, pools: Pools) -> Policy:
    """A policy that has learnt nothing. Raises Invalid for an algorithm that there is not."""
    names = [each.name for each in spec.candidates]
    if spec.policy.algorithm == "EpsilonGreedy":
        return make("EpsilonGreedy", names, **_exploring(spec.policy))
    if spec.policy.algorithm == "ChangePoints":
        return SharingChangePoints(pools, task_type, names)
    return make(spec.policy.algorithm, names, prior=pools.prior)


def _exploring(policy: RoutePolicy) -> dict[str, float]:
    """What the route says of it; the rest is as the algorithm has it."""
    shares = {"epsilon": policy.epsilon, "least": policy.least_epsilon}
    found = {name: float(share) for name, share in shares.items() if share is not None}
    if policy.epsilon_half_life is not None:
        found["half_life"] = policy.epsilon_half_life
    if policy.mean_half_life is not None:
        found["memory"] = looking_back(policy.mean_half_life)
    return found


def _believed(candidate: Candidate) -> tuple[float, float]:
    """Pseudo-counts of success and failure."""
    if candidate.prior is None:
        return 1.0, 1.0
    share, mass = float(candidate.prior.success), candidate.prior.mass
    return max(share * mass, _LEAST), max((1 - share) * mass, _LEAST)


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if abs(value) < 10**_DIGITS else round(value)
    if isinstance(value, Mapping):
        return {key: _short(each) for key, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, list | tuple) else value
