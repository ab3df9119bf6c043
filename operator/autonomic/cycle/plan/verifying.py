"""Looking whether a plan helped, on the very objective or signal that asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.cost import allocation
from autonomic.cost.spend import Figures
from autonomic.cost.verdicts import Effect, effect
from autonomic.cycle.asking import ask
from autonomic.cycle.cost.books import CostBooks
from autonomic.cycle.plan.adopted import works
from autonomic.cycle.plan.taking import Taking
from autonomic.cycle.slo.engine import closed
from autonomic.cycle.slo.engines import SloEngines
from autonomic.cycle.slo.looking import look
from autonomic.domain.budgets import Count
from autonomic.domain.errors import Invalid
from autonomic.domain.objectives import Objective
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.readings import Answers, Known, Question, Unknown
from autonomic.domain.savings import CostVerification
from autonomic.domain.servers import DEFAULT
from autonomic.domain.units import seconds, span
from autonomic.domain.verifications import PlaybookVerification, SignalVerification, SLOVerification
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.execution.verification import LOOKS, Look, Outcome, judge, look_times
from autonomic.healing import calming
from autonomic.healing.judging import ear_of
from autonomic.healing.matching import holds
from autonomic.ports.metrics import Metrics
from autonomic.slo.status import rate

OF_ROUTES = 2.0
"""Seconds between two looks at a route: it is in memory, and says how it is by itself."""

Seen = tuple[Look, str]


@dataclass(frozen=True)
class Inspection:
    """What was seen at each time, latest first."""

    times: tuple[datetime, ...]
    seen: Sequence[Seen]
    saved: str | None = None
    """Money a day, where that is what is verified."""


@dataclass(frozen=True)
class Verifier:
    """Looks at plans that were carried out."""

    metrics: Metrics
    engines: SloEngines
    taking: Taking
    books: CostBooks

    async def look(self, plan: AdaptationPlan, view: View) -> Outcome:
        """The outcome as of now. A change helped when it has taken, too: what got better before has another reason."""
        outcome = await self._judge(plan, view)
        pending = await self.taking.pending(plan, view) if outcome.kind == "Helped" else None
        if pending is None:
            return outcome
        assert plan.status.verification is not None  # noqa: S101 - only what was carried out is verified
        over = view.now >= plan.status.verification.deadline
        return Outcome("Inconclusive" if over else "Waiting", f"{outcome.message}, but {pending}")

    async def _judge(self, plan: AdaptationPlan, view: View) -> Outcome:
        """What can't be asked is inconclusive, never a success."""
        waiting = plan.status.verification
        assert waiting is not None  # noqa: S101 - only what was carried out is verified
        if plan.spec.verification.rollout:
            return Outcome("Helped", "it has taken, and nothing else is judged")
        if plan.spec.verification.route:
            return works(plan, plan.spec.verification.route, view)
        try:
            inspection = await self._inspect(plan, view)
        except Invalid as error:
            return Outcome("Inconclusive", str(error))
        outcome = judge(
            [look for look, _ in inspection.seen],
            earliest=inspection.times[-1],
            settled=waiting.started_at + span(plan.spec.verification.settle),
            now=view.now,
            deadline=waiting.deadline,
            last=inspection.seen[0][1],
        )
        return replace(outcome, saved=inspection.saved)

    def pace(self, plan: AdaptationPlan) -> float:
        """Seconds until another look could see something new: the time between two looks, at least half a second."""
        if plan.spec.verification.route:
            return OF_ROUTES
        window = _window(plan)
        return max(0.5, window.total_seconds() / (LOOKS - 1)) if window else 60.0

    async def _inspect(self, plan: AdaptationPlan, view: View) -> Inspection:
        """Raises Invalid when the plan's verification can't be asked."""
        verification = plan.spec.verification
        if verification.slo:
            return await self._objective(plan, verification.slo, view)
        if verification.signal:
            return await self._signal(verification.signal, view)
        if verification.playbook:
            return await self._triggers(plan, verification.playbook, view)
        if verification.cost:
            return await self._cost(plan, verification.cost, view)
        raise Invalid(f"no verification of type {verification.type} is installed")

    async def _objective(self, plan: AdaptationPlan, wanted: SLOVerification, view: View) -> Inspection:
        key = f"{plan.metadata.namespace}/{wanted.contract}"
        promise = self.engines.promise(key, wanted.objective, wanted.group)
        if promise is None and wanted.objective not in _objectives(key, view):
            raise Invalid(f"the objective {wanted.contract}/{wanted.objective} is gone")
        if promise is None:
            return Inspection((view.now,), [("Unknown", f"{wanted.contract}/{wanted.objective} is not judged")])
        times = look_times(closed(view, promise.schedule.bucket), span(wanted.window))
        counts = await look(self.engines.tallies(promise), promise, wanted.window, times)
        return Inspection(times, [_burn(each, promise.objective, wanted) for each in counts])

    async def _signal(self, wanted: SignalVerification, view: View) -> Inspection:
        at = (view.now - view.ingestion_delay).replace(microsecond=0)
        times = look_times(at, timedelta(seconds=seconds(wanted.quiet)))
        asked = [Question(wanted.expr, time, server=wanted.server or DEFAULT) for time in times]
        answers = await ask(self.metrics, asked)
        return Inspection(times, [_quiet(each, wanted, answers) for each in asked])

    async def _triggers(self, plan: AdaptationPlan, wanted: PlaybookVerification, view: View) -> Inspection:
        """The playbook's own triggers, as of each look; of what is pushed only what came once the change had settled."""
        playbook = view.playbooks.get(f"{plan.metadata.namespace}/{wanted.playbook}")
        if playbook is None or plan.status.verification is None:
            raise Invalid(f"the playbook {wanted.playbook} is gone")
        settled = plan.status.verification.started_at + span(plan.spec.verification.settle)
        quiet = span(wanted.quiet)
        times = look_times(view.now, quiet)
        tenant = view.tenant(plan.metadata.namespace)
        asked = {at: calming.asked(playbook, wanted.target, at - view.ingestion_delay, tenant) for at in times}
        answers = await ask(self.metrics, [each for questions in asked.values() for each in questions])
        ear = ear_of(playbook, wanted.target, view)
        looks = [
            calming.still_there(playbook, replace(ear, at=at, after=settled), asked[at], answers, quiet) for at in times
        ]
        return Inspection(times, [(_LOOKS[each.truth], each.message) for each in looks])

    async def _cost(self, plan: AdaptationPlan, wanted: CostVerification, view: View) -> Inspection:
        """What was spent in windows that ended at each look."""
        budget = view.budgets.get(f"{plan.metadata.namespace}/{wanted.budget}")
        if budget is None:
            raise Invalid(f"the budget {wanted.budget} is gone")
        window = span(wanted.window)
        times = look_times((view.now - view.ingestion_delay).replace(microsecond=0), window)
        whole = tuple(at.replace(microsecond=0) for at in times)
        found = self._workload(wanted, whole) if wanted.hourly else self.books.looks(budget, whole, window, view)
        effects = [effect(wanted, each) for each in await found]
        daily = effects[0].daily
        return Inspection(whole, [_saving(each) for each in effects], None if daily is None else f"{daily:.9f}")

    async def _workload(self, wanted: CostVerification, times: tuple[datetime, ...]) -> tuple[Figures | Unknown, ...]:
        """What the workload's requests cost in windows that ended at each look."""
        answers = await ask(self.metrics, [each for at in times for each in allocation.asked(wanted, at).values()])
        return tuple(allocation.figures(wanted, at, answers) for at in times)


_LOOKS: dict[Truth, Look] = {Truth.TRUE: "Bad", Truth.FALSE: "Good", Truth.UNKNOWN: "Unknown"}


def _objectives(contract: str, view: View) -> tuple[str, ...]:
    """The names of the contract's objectives; none of a contract that is gone."""
    found = view.contracts.get(contract)
    return tuple(each.name for each in found.spec.objectives) if found else ()


def _window(plan: AdaptationPlan) -> timedelta | None:
    verification = plan.spec.verification
    if verification.slo:
        return span(verification.slo.window)
    if verification.cost:
        return span(verification.cost.window)
    asked = verification.signal or verification.playbook
    return span(asked.quiet) if asked else None


def _saving(seen: Effect) -> Seen:
    return ("Unknown" if seen.enough is None else "Good" if seen.enough else "Bad"), seen.message


def _burn(count: Count | Unknown, objective: Objective, wanted: SLOVerification) -> Seen:
    target = objective.ratio_target
    if not isinstance(count, Count):
        return "Unknown", count.message
    below = count.bad < Decimal(wanted.burn_below) * (1 - target) * count.total
    words = f"burn over {wanted.window} is {rate(count.burn_rate(target))}, wanted below {wanted.burn_below}"
    return ("Good" if below else "Bad"), words


def _quiet(asked: Question, wanted: SignalVerification, answers: Answers) -> Seen:
    reading = answers[asked]
    if isinstance(reading, Unknown):
        return "Unknown", reading.message
    if not isinstance(reading, Known):
        return "Unknown", "Prometheus has no such series"
    words = f"the signal is {reading.value}, and must not be {wanted.op} {wanted.value}"
    return ("Bad" if holds(reading.value, wanted.op, Decimal(wanted.value)) else "Good"), words
