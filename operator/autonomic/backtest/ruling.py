"""From a replay to one run of the report: plans, approvals, what came to nothing; and how two runs differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from autonomic.backtest.alerts import Place, places, troubles_of
from autonomic.backtest.course import Course
from autonomic.backtest.money import telling as money
from autonomic.backtest.money.till import BUDGET
from autonomic.backtest.replay import Replay, Said, Story, owner_of
from autonomic.backtest.report import Approvals, Bounds, Difference, Doubt, PlanLine, Remark, Run
from autonomic.cost.windows import Stretch
from autonomic.slo.counting import milliseconds_of

MOST = 2000
"""Plans that are shown of each run, and remarks."""
_NOTHING_CAME = ("NotProposed", "WouldPropose", "TargetNotFound", "ReportFailed", "JobFailed")
_WEEK = timedelta(days=7)
_OFFICE = range(8, 18)
_Named = Mapping[tuple[str, str, str], Place]


@dataclass(frozen=True)
class Known:
    """What history tells of objectives and of budgets."""

    courses: Sequence[Course]
    flows: money.Flows


def run(replay: Replay, policies: str, known: Known, span: tuple[datetime, datetime]) -> Run:
    """One run."""
    named = {_name(each): each for each in places(known.courses)}
    stories = sorted(replay.stories.values(), key=lambda each: (each.proposed, each.plan.key))
    plans = [_plan(each, _saved(each, named) or _kept(each, known.flows, replay, span[1])) for each in stories]
    remarks = [_remark(each) for each in replay.said if each.fact.name in _NOTHING_CAME]
    return Run(
        policies=policies,
        plans=tuple(plans[:MOST]),
        remarks=tuple(remarks[:MOST]),
        not_known=tuple(_doubt(each, each.acts, span[1]) for each in stories if each.acts),
        approvals=_approvals([each.asked for each in stories if each.asked], span[1] - span[0]),
        notes=replay.twin.notes,
        left_out=max(0, len(plans) - MOST) + max(0, len(remarks) - MOST),
    )


def differences(runs: Sequence[Run]) -> Iterator[Difference]:
    """What the runs answer differently to one trouble, oldest first."""
    told = [_first_answers(each.plans) for each in runs]
    keys = dict.fromkeys(key for each in told for key in each)
    for key in sorted(keys, key=lambda each: (_either(told, each).at, each)):
        answers = tuple(_answer(each.get(key)) for each in told)
        if len(set(answers)) > 1:
            one = _either(told, key)
            yield Difference(about=one.about, at=one.at, action=one.action, answers=answers)


def _first_answers(plans: Iterable[PlanLine]) -> dict[str, PlanLine]:
    return {f"{each.namespace}/{each.name}": each for each in plans}


def _either(told: Sequence[Mapping[str, PlanLine]], key: str) -> PlanLine:
    return next(each[key] for each in told if key in each)


def _answer(plan: PlanLine | None) -> str:
    if plan is None:
        return ""
    return str(plan.verdict) if plan.verdict else f"none: {plan.outcome}"


def _plan(story: Story, saved: Bounds | None) -> PlanLine:
    plan, ruled = story.plan, story.ruled
    return PlanLine(
        at=story.proposed,
        namespace=plan.metadata.namespace or "",
        name=plan.metadata.name,
        about=_about(story),
        targets=tuple(str(ref) for ref in plan.refs),
        action=plan.status.action or ", ".join(action.type for action in plan.spec.actions),
        because=plan.spec.justification,
        verdict=ruled.verdict if ruled else None,
        reasons=ruled.reasons if ruled else (),
        outcome=story.outcome,
        acts_at=story.acts,
        asked_at=story.asked,
        course="Known" if story.known else "NotKnown",
        saved=saved,
    )


def _doubt(story: Story, acts: datetime, until: datetime) -> Doubt:
    about = owner_of(story.plan).replace(":", " ")
    return Doubt(about=about, since=acts, until=story.over or until, plan=story.plan.metadata.name)


def _about(story: Story) -> str:
    alert, asked = story.plan.spec.trigger.slo_alert, story.plan.spec.trigger.budget
    owner = owner_of(story.plan).replace(":", " ")
    if asked:
        return f"{owner} {asked.rung}"
    return f"{owner} {alert.objective}{f' {alert.group}' if alert.group else ''}" if alert else owner


def _saved(story: Story, named: _Named) -> Bounds | None:
    """Between nothing, and all that failed from the moment of the change on to the end of the trouble."""
    alert, at = story.plan.spec.trigger.slo_alert, story.acts or story.asked
    place = named.get((owner_of(story.plan), alert.objective, alert.group)) if alert else None
    if place is None or at is None:
        return None
    course = place.course
    first = milliseconds_of(at) // course.tape.bucket - course.tape.span.first + 1
    last = _end_of_trouble(place, first)
    most = place.spent(first, last) if last >= first else 0.0
    return Bounds(least=0.0, most=None if most is None else round(most, 5))


def _kept(story: Story, flows: money.Flows, replay: Replay, until: datetime) -> Bounds | None:
    """Between nothing, and all that was spent from then on for as long as the pressure lasted."""
    owner, at = owner_of(story.plan), story.acts or story.asked
    flow = flows.get(owner.removeprefix(BUDGET)) if owner.startswith(BUDGET) else None
    if flow is None or at is None:
        return None
    over = money.ended(owner.removeprefix(BUDGET), replay.till.told, at) or until
    most = money.paid(flow, Stretch(at, over))
    return Bounds(least=0.0, most=None if most is None else round(most, 5))


def _end_of_trouble(place: Place, first: int) -> int:
    """The last bucket of the trouble that goes on then: what fails later, no plan for this one could have saved."""
    return max((each.last for each in troubles_of(place) if each.first <= first), default=first - 1)


def _approvals(asked: Sequence[datetime], length: timedelta) -> Approvals:
    hours, days = [0] * 24, [0] * 7
    for at in asked:
        hours[at.hour] += 1
        days[at.weekday()] += 1
    return Approvals(
        asked=len(asked),
        a_week=round(len(asked) * (_WEEK / length), 2) if length else 0.0,
        by_hour=tuple(hours),
        by_weekday=tuple(days),
        nights_and_weekends=sum(each.weekday() > 4 or each.hour not in _OFFICE for each in asked),
    )


def _remark(said: Said) -> Remark:
    return Remark(at=said.at, name=said.fact.name, about=str(said.fact.about), message=said.fact.message)


def _name(place: Place) -> tuple[str, str, str]:
    promise = place.promise
    group = ",".join(f"{label}={value}" for label, value in promise.group)
    return promise.contract, promise.objective.name, group
