"""What other task types say of a candidate, before a task type has said much of it itself: an empirical-Bayes prior.

Where a candidate is alike everywhere the prior is worth many outcomes; where it is another everywhere, hardly any. It is the
likeliest Beta distribution for what was seen of every task type. Likelihood, and not moments: a policy tries a candidate
oftenest where it did well, which bends means and variances, but not what is likeliest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma

LEAST_TYPES = 3
"""Of fewer task types nothing can be said of how far they differ."""
STRONGEST, WEAKEST = 1000.0, 2.0
"""Pseudo-outcomes that a prior is worth: no task type is the very same as another; 2 is what nothing known is worth."""
MEAN_STEP, WORTH_STEP = 0.1, 1.25
"""By how much (in logits, and as a factor) a better prior is looked for: finer than anything that is felt."""
MOVES = 4
"""Steps at once: outcomes come one by one, so the likeliest prior is never far."""
FLAT = (1.0, 1.0)
"""Nothing is known: every success rate is as likely."""

Tallies = Sequence[tuple[float, float]]
"""(successes, failures) of each task type."""


@dataclass(frozen=True)
class Belief:
    """How task types differ: the logit of their mean success, and how many outcomes that is worth for one more of them."""

    logit: float = 0.0
    worth: float = WEAKEST

    def counts(self) -> tuple[float, float]:
        """Pseudo-counts: successes, failures."""
        mean = 1 / (1 + exp(-self.logit))
        return self.worth * mean, self.worth * (1 - mean)


def better(belief: Belief, tallies: Tallies) -> Belief:
    """The belief, up to `MOVES` steps nearer to the likeliest one; as it was where there are too few task types."""
    if len(tallies) < LEAST_TYPES:
        return belief
    likely = _likelihood(belief, tallies)
    for _ in range(MOVES):
        found = max((_likelihood(each, tallies), place, each) for place, each in enumerate(_around(belief)))
        if found[0] <= likely:
            break
        likely, _, belief = found
    return belief


def _around(belief: Belief) -> list[Belief]:
    logit, worth = belief.logit, belief.worth
    moved = [Belief(logit - MEAN_STEP, worth), Belief(logit + MEAN_STEP, worth)]
    return [*moved, Belief(logit, max(worth / WORTH_STEP, WEAKEST)), Belief(logit, min(worth * WORTH_STEP, STRONGEST))]


def _likelihood(belief: Belief, tallies: Tallies) -> float:
    """The logarithm, of the outcomes of all task types, each with a success rate of its own from the Beta distribution."""
    a, b = belief.counts()
    each = lgamma(a + b) - lgamma(a) - lgamma(b)
    return sum(each + lgamma(a + wins) + lgamma(b + losses) - lgamma(a + b + wins + losses) for wins, losses in tallies)
