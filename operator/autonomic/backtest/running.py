"""The whole backtest: history is read once, alerts are judged once, and every set of policies is asked by a twin of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from autonomic.backtest.alerts import find, places
from autonomic.backtest.course import Course, course
from autonomic.backtest.cures import cures, merged
from autonomic.backtest.history import Past, PastMetrics
from autonomic.backtest.moments import Moments, moments
from autonomic.backtest.recording import Recording, record
from autonomic.backtest.replay import Replay
from autonomic.backtest.report import Backtest, Run
from autonomic.backtest.ruling import differences, run
from autonomic.backtest.telling import alert_line, blind, invalid, lines, quality, trouble_lines
from autonomic.domain.errors import Invalid
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

Step = Literal["Reading", "Judging", "Playing"]
Progress = Callable[[Step, int, int], None]
"""Called with the step that goes on, how much of it is done, and of how much."""

NO_POLICIES = "no policy engine was asked: every plan is left to people (give --opa and --policies)"
ALL_AGAINST = "plans that wait are taken to have had no answer: what an approval would have changed is not known"


@dataclass(frozen=True)
class Policies:
    """One set of policies: its name, and who answers by it."""

    name: str
    engine: PolicyEngine


@dataclass(frozen=True)
class Wish:
    """What shall be replayed, with which objects. `reads` is where workloads are read; None: they are assumed."""

    scenario: Scenario
    since: datetime
    until: datetime
    policies: Sequence[Policies]
    reads: Reads | None = None


async def backtest(wish: Wish, metrics: Metrics, progress: Progress = lambda *_: None) -> Backtest:
    """What would have followed. Raises Invalid for what can't be replayed, Unavailable for a silent server."""
    view = (await _twin(wish, metrics, wish.policies[0])).layer.store.view(wish.until)
    if not view.contracts and not view.playbooks:
        raise Invalid("there is no SLAContract: give --contracts, or a cluster that has some")
    recording = await record(metrics, view, milliseconds_of(wish.since), lambda *done: progress("Reading", *done))
    courses = _judged(recording, progress)
    healing = await cures(metrics, view, wish.since)
    recording.notes.extend(healing.notes)
    when = merged(moments(courses), healing.moments)
    runs = [await _played(wish, metrics, each, (courses, when), progress) for each in wish.policies]
    return _told(wish, recording, courses, runs)


async def _twin(wish: Wish, metrics: Metrics, policies: Policies) -> Twin:
    base = Base(
        policy=policies.engine,
        entropy=MemoryEntropy(),
        reads=wish.reads,
        metrics=PastMetrics(metrics),
        loops=(ReliabilityLoop(), HealingLoop()),
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


async def _played(
    wish: Wish, metrics: Metrics, policies: Policies, past: tuple[Sequence[Course], Moments], progress: Progress
) -> Run:
    courses, when = past
    replay = Replay(await _twin(wish, metrics, policies), Past(courses))
    await replay.play(when, wish.until, lambda *done: progress("Playing", *done))
    return run(replay, policies.name, courses, (wish.since, wish.until))


def _told(wish: Wish, recording: Recording, courses: Sequence[Course], runs: Sequence[Run]) -> Backtest:
    found, judged = find(courses), list(places(courses))
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
        unknown=(*invalid(recording, wish.since, wish.until), *blind(courses)),
        notes=(ALL_AGAINST, *recording.notes),
    )
