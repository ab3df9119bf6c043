"""The whole backtest: history is read once, alerts are judged once, and every set of policies is asked by a twin of its own."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from autonomic.backtest.alerts import find, places
from autonomic.backtest.course import Course, course
from autonomic.backtest.cures import cures, merged
from autonomic.backtest.history import Past, PastMetrics
from autonomic.backtest.moments import Moments, moments
from autonomic.backtest.money.checking import apart
from autonomic.backtest.money.flow import flow, looks
from autonomic.backtest.money.leaving_out import replayable
from autonomic.backtest.money.reading import Money, read
from autonomic.backtest.money.telling import Flows, budget_lines, never_asked
from autonomic.backtest.money.till import BUDGET, LOOK_AGAIN, PastCostLoop, Till
from autonomic.backtest.pushed.hearing import pushed
from autonomic.backtest.recording import Recording, record
from autonomic.backtest.replay import Replay
from autonomic.backtest.report import Backtest
from autonomic.backtest.ruling import Known, differences, run
from autonomic.backtest.telling import alert_line, blind, invalid, lines, quality, trouble_lines
from autonomic.cycle.plugged import Plugins
from autonomic.domain.errors import Invalid
from autonomic.domain.signals.received import Signal
from autonomic.loops.healing import HealingLoop
from autonomic.loops.reliability import ReliabilityLoop
from autonomic.ports.memory.clock import MemoryEntropy
from autonomic.ports.metrics import Metrics
from autonomic.ports.policy import PolicyEngine
from autonomic.simulate.cluster import Reads
from autonomic.simulate.filling import fill
from autonomic.simulate.scenario import Scenario
from autonomic.simulate.twin import Base, Twin
from autonomic.slo.counting import milliseconds_of

Step = Literal["Reading", "Judging", "Money", "Playing"]
Progress = Callable[[Step, int, int], None]
"""Called with the step that goes on, how much of it is done, and of how much."""

NO_POLICIES = "no policy engine was asked: every plan is left to people (give --opa and --policies)"
ROUTES = "autonomic route simulate plays a log of its outcomes to policies"
ALL_AGAINST = "plans that wait are taken to have had no answer: what an approval would have changed is not known"


@dataclass(frozen=True)
class Policies:
    """One set of policies: its name, and who answers by it."""

    name: str
    engine: PolicyEngine


@dataclass(frozen=True)
class Wish:
    """What shall be replayed, with which objects. `reads` is where workloads are read; None: they are assumed.

    `plugins` are asked as they are now: what they would have said then is not known.
    """

    scenario: Scenario
    since: datetime
    until: datetime
    policies: Sequence[Policies]
    reads: Reads | None = None
    plugins: Plugins = field(default_factory=Plugins)


@dataclass(frozen=True)
class _Story:
    """What a replay goes by: what history tells, when the loops are turned, what was spent, and what was pushed."""

    known: Known
    when: Moments
    money: Money
    pushed: Sequence[Signal]


async def backtest(wish: Wish, metrics: Metrics, progress: Progress = lambda *_: None) -> Backtest:
    """What would have followed. Raises Invalid for what can't be replayed, Unavailable for a silent server."""
    scenario, lost = replayable(wish.scenario)
    wish = replace(wish, scenario=scenario)
    view = (await _twin(wish, metrics, wish.policies[0])).layer.store.view(wish.until)
    if not view.contracts and not view.playbooks and not view.budgets:
        raise Invalid("there is no SLAContract, playbook or CostBudget: give --contracts, or a cluster that has some")
    recording = await record(metrics, view, milliseconds_of(wish.since), lambda *done: progress("Reading", *done))
    courses = _judged(recording, progress)
    healing = await cures(metrics, view, wish.since)
    recording.notes.extend(healing.notes)
    money = await read(metrics, view, wish.since, lambda *done: progress("Money", *done))
    recording.notes.extend(f"route {key} is not replayed: {ROUTES}" for key in sorted(view.routes))
    recording.notes.extend((*lost, *money.notes, *never_asked(money.problems)))
    known = Known(courses, {key: flow(key, money) for key in money.rolls})
    recording.notes.extend(await apart(metrics, view, known.flows))
    told = await pushed(metrics, view, wish.since)
    recording.notes.extend(told.notes)
    when = merged(merged(moments(courses), healing.moments), merged(told.moments, _looks(known.flows)))
    story = _Story(known, when, money, told.signals)
    replays = [await _played(wish, metrics, each, story, progress) for each in wish.policies]
    return _told(wish, recording, known, replays)


def _looks(flows: Flows) -> Moments:
    found: dict[int, frozenset[str]] = {}
    for key, each in flows.items():
        changed, again = looks(each)
        found |= {at: found.get(at, frozenset()) | {f"{BUDGET}{key}"} for at in changed}
        found |= {at: found.get(at, LOOK_AGAIN) for at in again}
    return found


async def _twin(wish: Wish, metrics: Metrics, policies: Policies, cost: PastCostLoop | None = None) -> Twin:
    base = Base(
        policy=policies.engine,
        entropy=MemoryEntropy(),
        reads=wish.reads,
        metrics=PastMetrics(metrics),
        loops=(ReliabilityLoop(), HealingLoop(), *([cost] if cost else [])),
        plugins=wish.plugins,
    )
    twin = Twin(base, wish.scenario, wish.since)
    await fill(twin, wish.scenario)
    return twin


def _judged(recording: Recording, progress: Progress) -> list[Course]:
    total = sum(len(each.promises) * each.span.judged for each in recording.tapes)
    done = 0

    def more(judged: int) -> None:
        nonlocal done
        done += judged
        progress("Judging", done, total)

    return [course(tape, more) for tape in recording.tapes]


async def _played(wish: Wish, metrics: Metrics, policies: Policies, story: _Story, progress: Progress) -> Replay:
    cost = PastCostLoop()
    twin = await _twin(wish, metrics, policies, cost if story.money.rolls else None)
    replay = Replay(twin, Past(story.known.courses), Till(story.money, twin, cost), deque(story.pushed))
    await replay.play(story.when, wish.until, lambda *done: progress("Playing", *done))
    return replay


def _told(wish: Wish, recording: Recording, known: Known, replays: Sequence[Replay]) -> Backtest:
    courses, span = known.courses, (wish.since, wish.until)
    named = zip(wish.policies, replays, strict=True)
    runs = [run(replay, policies.name, known, span) for policies, replay in named]
    found, judged = find(courses), list(places(courses))
    assumed = dict.fromkeys(note for each in replays for note in each.twin.notes)
    return Backtest(
        since=wish.since,
        until=wish.until,
        contracts=len({each.promise.contract for each in judged}),
        objectives=len(judged),
        quality=quality(found),
        alerts=tuple(alert_line(each) for each in found.alerts),
        troubles=tuple(trouble_lines(found)),
        runs=tuple(runs),
        differences=tuple(differences(runs)) if len(runs) > 1 else (),
        budgets=lines(courses),
        money=tuple(budget_lines(known.flows, replays[0].till.told, wish.until)),
        unknown=(*invalid(recording, wish.since, wish.until), *blind(courses)),
        notes=(ALL_AGAINST, *recording.notes, *assumed),
    )
