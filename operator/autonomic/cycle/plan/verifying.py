"""Looking whether a plan helped, on the very objective or signal that asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.cycle.asking import ask
from autonomic.domain.budgets import Count
from autonomic.domain.contracts import Objective
from autonomic.domain.errors import Invalid
from autonomic.domain.plans import AdaptationPlan, SignalVerification, SLOVerification
from autonomic.domain.readings import Answers, Known, Question, Unknown
from autonomic.domain.units import seconds, span
from autonomic.domain.view import View
from autonomic.execution.verification import LOOKS, Look, Outcome, judge, look_times
from autonomic.healing.matching import holds
from autonomic.ports.metrics import Metrics
from autonomic.slo.assess import read_count
from autonomic.slo.questions import CountQuestions, count_questions, evaluation_time
from autonomic.slo.status import rate

Seen = tuple[Look, str]


@dataclass(frozen=True)
class Inspection:
    """What to ask for a plan, and how each answer is read."""

    times: tuple[datetime, ...]
    questions: tuple[Question, ...]
    read: Callable[[Answers], list[Seen]]


@dataclass(frozen=True)
class Verifier:
    """Looks at plans that were carried out."""

    metrics: Metrics

    async def look(self, plan: AdaptationPlan, view: View) -> Outcome:
        """The outcome as of now. What can't be asked is inconclusive, never a success."""
        waiting = plan.status.verification
        assert waiting is not None  # noqa: S101 - only what was carried out is verified
        try:
            inspection = _inspect(plan, view)
        except Invalid as error:
            return Outcome("Inconclusive", str(error))
        seen = inspection.read(await ask(self.metrics, inspection.questions))
        return judge(
            [look for look, _ in seen],
            earliest=inspection.times[-1],
            settled=waiting.started_at + span(plan.spec.verification.settle),
            now=view.now,
            deadline=waiting.deadline,
            last=seen[0][1],
        )

    def pace(self, plan: AdaptationPlan) -> float:
        """Seconds until another look could see something new: the time between two looks, at least half a second."""
        window = _window(plan)
        return max(0.5, window.total_seconds() / (LOOKS - 1)) if window else 60.0


def _window(plan: AdaptationPlan) -> timedelta | None:
    verification = plan.spec.verification
    if verification.slo:
        return span(verification.slo.window)
    return span(verification.signal.quiet) if verification.signal else None


def _inspect(plan: AdaptationPlan, view: View) -> Inspection:
    """Raises Invalid when the plan's verification can't be asked."""
    verification = plan.spec.verification
    if verification.slo:
        return _of_objective(plan, verification.slo, view)
    if verification.signal:
        return _of_signal(verification.signal, view)
    raise Invalid(f"no verification of type {verification.type} is installed")


def _of_objective(plan: AdaptationPlan, wanted: SLOVerification, view: View) -> Inspection:
    contract = view.contracts.get(f"{plan.metadata.namespace}/{wanted.contract}")
    objectives = contract.spec.objectives if contract else ()
    objective = next((each for each in objectives if each.name == wanted.objective), None)
    if objective is None:
        raise Invalid(f"the objective {wanted.contract}/{wanted.objective} is gone")
    at = evaluation_time(view.now, objective.alerting.resolution, view.ingestion_delay)
    times = look_times(at, span(wanted.window))
    counts = [count_questions(objective, wanted.window, time, exact=view.exact_counts) for time in times]
    questions = tuple(question for count in counts for question in (count.bad, count.total))
    return Inspection(times, questions, lambda answers: [_burn(each, objective, wanted, answers) for each in counts])


def _burn(asked: CountQuestions, objective: Objective, wanted: SLOVerification, answers: Answers) -> Seen:
    target = Decimal(objective.target) / 100
    count = read_count(asked, answers, 1)
    if not isinstance(count, Count):
        return "Unknown", count.message
    below = count.bad < Decimal(wanted.burn_below) * (1 - target) * count.total
    words = f"burn over {wanted.window} is {rate(count.burn_rate(target))}, wanted below {wanted.burn_below}"
    return ("Good" if below else "Bad"), words


def _of_signal(wanted: SignalVerification, view: View) -> Inspection:
    at = (view.now - view.ingestion_delay).replace(microsecond=0)
    times = look_times(at, timedelta(seconds=seconds(wanted.quiet)))
    questions = tuple(Question(wanted.expr, time) for time in times)
    return Inspection(times, questions, lambda answers: [_quiet(question, wanted, answers) for question in questions])


def _quiet(asked: Question, wanted: SignalVerification, answers: Answers) -> Seen:
    reading = answers[asked]
    if isinstance(reading, Unknown):
        return "Unknown", reading.message
    if not isinstance(reading, Known):
        return "Unknown", "Prometheus has no such series"
    words = f"the signal is {reading.value}, and must not be {wanted.op} {wanted.value}"
    return ("Bad" if holds(reading.value, wanted.op, Decimal(wanted.value)) else "Good"), words
