"""A candidate that collapses is out within tens of outcomes, and comes back through probation.

Beside any policy, so that even one that forgets slowly sends little to what is broken. Collapsed is what succeeds less than
half as often as it used to; less of a fall is left to the policy, which moves shares and takes nobody out. A running test asks
of each outcome how much likelier it is of a candidate that succeeds a quarter as often than of one that succeeds three quarters
as often (Page's CUSUM): between them, where neither is likelier, lies the half. `at` is in seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import log

from autonomic.domain.errors import Invalid
from autonomic.routing.recalling import WAY_OUT, candidates_of, number_of

BROKEN, SOUND = 0.25, 0.75
"""Of the usual success: what the test holds against each other."""
EVIDENCE = log(10_000)
"""Ejected where outcomes are so much likelier of a broken candidate: one that succeeds three quarters as often as usual is
ejected once in 10,000 outcomes at most, one that never changed hardly ever."""
ACQUITTAL = log(100)
"""Back from probation where they are so much likelier of a sound one: a broken one comes back once in a hundred probations."""
MEMORY = 500
"""Outcomes over which it is learned how often a sound candidate succeeds: far more than a collapse takes to show."""
BEST, WORST = 0.99, 0.2
"""Between these the usual success is taken to be: nobody is ejected for the first failure, or for never having been good."""
GOOD = 0.8
"""What is expected of a candidate that nothing is known of, worth `TRUSTED` outcomes."""
TRUSTED = 20
REST, LONGEST_REST = 30.0, 1800.0
"""Seconds until the first probation, and at most: each failed probation doubles them."""
PROBATION = 10
"""Thousandths of the traffic on probation: with what it got before it was ejected, under 2 % go to a broken candidate."""


class State(StrEnum):
    """Where a candidate stands."""

    SERVING = "Serving"
    EJECTED = "Ejected"
    PROBATION = "Probation"


@dataclass
class _Standing:
    state: State = State.SERVING
    usual: float = GOOD
    seen: float = TRUSTED
    evidence: float = 0.0
    returns: float = 0.0
    times: int = 0


@dataclass
class Ejection:
    """The standing of every candidate for one task type. Outcomes that come late for an ejected one count for nothing."""

    _standings: dict[str, _Standing] = field(default_factory=dict)

    def learn(self, candidate: str, success: bool, at: float) -> bool:
        """Takes an outcome in; True where the candidate's state changed, so publish at once."""
        one = self._standings.setdefault(candidate, _Standing())
        before = self.state(candidate, at)
        if before is State.EJECTED:
            return False
        usual = min(max(one.usual, WORST), BEST)
        one.evidence += log(BROKEN / SOUND) if success else log((1 - usual * BROKEN) / (1 - usual * SOUND))
        if before is State.SERVING:
            _serve(one, success, at)
        else:
            _try(one, at)
        return one.state is not before

    def state(self, candidate: str, at: float) -> State:
        """Where it stands at that time; one that has rested long enough is on probation."""
        one = self._standings.get(candidate)
        if one is None:
            return State.SERVING
        one.returns = min(one.returns, at + LONGEST_REST)  # a clock that was set back keeps nobody out for longer
        if one.state is State.EJECTED and at >= one.returns:
            one.state, one.evidence = State.PROBATION, 0.0
        return one.state

    def bounds(self, candidates: Mapping[str, float], at: float) -> dict[str, tuple[int, int]]:
        """(lowest, highest) share in thousandths of those that do not serve, as `publish` takes them.

        `candidates` come with what is expected of them: where nobody would serve, the best does.
        """
        found = {name: self.state(name, at) for name in candidates}
        if candidates and State.SERVING not in found.values():
            found[max(candidates, key=candidates.__getitem__)] = State.SERVING
        shares = {State.EJECTED: (0, 0), State.PROBATION: (PROBATION, PROBATION)}
        return {name: shares[state] for name, state in found.items() if state in shares}

    def remember(self) -> dict[str, object]:
        """Every standing, as JSON can hold it."""
        return {"candidates": {name: {**vars(one), "state": one.state.value} for name, one in self._standings.items()}}

    def recall(self, remembered: Mapping[str, object]) -> None:
        """Takes up what was remembered. Raises Invalid, and then is as it was."""
        found: dict[str, _Standing] = {}
        for name, raw in candidates_of(remembered).items():
            if raw.get("state") not in tuple(State):
                raise Invalid(f"state: {raw.get('state')!r:.60} is none of {', '.join(State)}: {WAY_OUT}")
            usual, seen, evidence, returns = (number_of(raw, each) for each in ("usual", "seen", "evidence", "returns"))
            times = int(number_of(raw, "times", 0))
            found[name] = _Standing(State(raw["state"]), usual, seen, evidence, returns, times)
        self._standings.update(found)


def _serve(one: _Standing, success: bool, at: float) -> None:
    one.seen = min(one.seen + 1, MEMORY)
    one.usual += (success - one.usual) / one.seen
    one.evidence = max(one.evidence, 0.0)
    if one.evidence >= EVIDENCE:
        _eject(one, at)


def _try(one: _Standing, at: float) -> None:
    if one.evidence >= ACQUITTAL:
        _eject(one, at)
    elif one.evidence <= -ACQUITTAL:
        one.state, one.evidence, one.times = State.SERVING, 0.0, 0


def _eject(one: _Standing, at: float) -> None:
    one.state, one.evidence = State.EJECTED, 0.0
    one.returns = at + min(REST * 2.0 ** min(one.times, 30), LONGEST_REST)
    one.times += 1
