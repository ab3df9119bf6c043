"""The engine's pulse: what it judged at one moment, scored, as arrays that nothing changes any more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from autonomic.cycle.slo.engine import SloEngine
from autonomic.domain.contracts import AlertWord, SLAContract
from autonomic.domain.readings import Unknown
from autonomic.health.figures import Figure
from autonomic.health.scoring import scores
from autonomic.slo.cohort import Cohort
from autonomic.slo.counting import moment
from autonomic.slo.promises import Promise
from autonomic.slo.verdicts import KNOWN, LEVELS, NO_DATA, PROBLEM, STALE, Codes, Verdicts

Floats = NDArray[np.float64]
_WHY = {NO_DATA: "NoData", STALE: "Stale"}


@dataclass(frozen=True, slots=True)
class Pulse:
    """Promises that were judged side by side, and arrays over them. `score` is NaN where it is Unknown."""

    promises: Sequence[Promise]
    at: datetime
    score: Floats
    left: Floats
    burn: Floats
    alert: Codes
    unknown: Codes
    problems: Mapping[int, Unknown]

    @property
    def visible(self) -> NDArray[np.int64]:
        """What health would show of each, as one number."""
        points = np.where(self.unknown == KNOWN, np.floor(np.nan_to_num(self.score)), 0).astype(np.int64)
        return points * 64 + self.alert * 8 + self.unknown

    def figure(self, at: int, contract: SLAContract) -> Figure:
        """What is known at that place; since when, where the contract's status says the same."""
        promise, code = self.promises[at], int(self.unknown[at])
        level = LEVELS[self.alert[at]]
        alert: AlertWord = "Unknown" if code != KNOWN else level.value if level else "None"
        group = ",".join(f"{label}={value}" for label, value in promise.group)
        told = contract.status.reading(promise.objective.name, group)
        return Figure(
            contract=contract.metadata.name,
            objective=promise.objective.name,
            alert=alert,
            score=float(self.score[at]) if code == KNOWN else None,
            left=float(self.left[at]),
            burn=float(self.burn[at]),
            unknown=self._why(at, code),
            since=told.since if told and told.alert == alert else None,
            group=group,
        )

    def _why(self, at: int, code: int) -> str:
        if code == PROBLEM:
            return self.problems[at].reason
        return "" if code == KNOWN else _WHY.get(code, "TooFewEvents")


@dataclass(frozen=True, slots=True)
class Felt:
    """All pulses of one moment; which contracts are judged at all, and why others can't be."""

    at: datetime
    pulses: tuple[Pulse, ...]
    compiled: frozenset[str]
    invalid: Mapping[str, str]


def feel(engine: SloEngine, at: datetime) -> Felt:
    """What the engine knows. Call it while the engine rests: what is felt does not change when it goes on."""
    compiler = engine.compiler
    pulses = tuple(_pulse(cohort, verdicts) for cohort in engine.cohorts if (verdicts := cohort.verdicts))
    return Felt(at, pulses, frozenset(compiler.promises), dict(compiler.invalid))


def together(felt: Iterable[Felt]) -> Felt:
    """What several engines felt, each at its latest moment. Raises ValueError for none."""
    parts = tuple(felt)
    return Felt(
        at=max(each.at for each in parts),
        pulses=tuple(pulse for each in parts for pulse in each.pulses),
        compiled=frozenset().union(*(each.compiled for each in parts)),
        invalid={key: why for each in parts for key, why in each.invalid.items()},
    )


def _pulse(cohort: Cohort, verdicts: Verdicts) -> Pulse:
    bad, total = cohort.windows[min(tier.long for tier in cohort.schedule.tiers)]
    limit = cohort.terms.allowed * total
    burn = np.divide(bad, limit, out=np.zeros_like(bad), where=limit > 0)
    known = verdicts.unknown == KNOWN
    score = np.where(known, scores(verdicts.remaining, burn, cohort.shown), np.nan)
    return Pulse(
        promises=cohort.promises,
        at=moment(cohort.at),
        score=score,
        left=verdicts.remaining,
        burn=burn,
        alert=cohort.shown,
        unknown=verdicts.unknown,
        problems=cohort.problems,
    )
