"""What playbooks hear in a replay: signals of history, the moments at which they say something new, what they can't hear."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from autonomic.backtest.cures import PLAYBOOKS, STEP
from autonomic.backtest.moments import LOOK_AGAIN, Moments
from autonomic.backtest.pushed.alerts import alerts
from autonomic.backtest.pushed.signals import Place, signals
from autonomic.cycle.inbox import Inbox
from autonomic.domain.errors import AutonomicError
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.signals.board import KEPT, KEPT_ALERTS
from autonomic.domain.signals.received import Signal
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.healing.hearing import heard, labels_of
from autonomic.healing.judging import ears, listening
from autonomic.ports.metrics import Metrics
from autonomic.signals.series import UNIQUE
from autonomic.slo.counting import milliseconds_of, moment

BY_THE_MINUTE = (
    "pushed signals are those that Prometheus scraped from the operator: by the minute, several of one minute at their mean,"
    " without the labels task and run"
)
AT_ONCE = (
    "alerts are told when ALERTS says that they begin and end, and every four hours between: the routes, groups and silences of"
    " an Alertmanager are not replayed"
)
_NONE_PUSHED = "none was pushed, or the operator is not scraped (honorLabels: true)"
_NONE_FIRED = "it did not fire, or its rule is on another server"


@dataclass(frozen=True)
class Pushed:
    """What was pushed, in order of time, and when playbooks are looked at for it."""

    signals: Sequence[Signal] = ()
    moments: Moments = field(default_factory=dict)
    notes: tuple[str, ...] = ()


async def pushed(metrics: Metrics, view: View, since: datetime) -> Pushed:
    """Of all playbooks in the view, from `since` up to the view's time. Never raises: what fails is noted."""
    ears_ = [(key, each) for key, one in sorted(view.playbooks.items()) for each in one.spec.triggers if each.pushed]
    notes, heard_of = list[str](), list[Signal]()
    for kind, ask, kept, words in (("Signal", signals, KEPT, BY_THE_MINUTE), ("Alert", alerts, KEPT_ALERTS, AT_ONCE)):
        places = {
            (key.partition("/")[0], type_) for key, each in ears_ if each.type == kind for type_ in each.listens_to
        }
        try:
            found = await ask(metrics, places, (since - kept, view.now))
        except AutonomicError as error:
            notes.append(f"{kind}s are not replayed: {error}")
            continue
        heard_of.extend(found)
        notes.extend([words] if found else [])
    known = {(each.namespace, each.type) for each in heard_of}
    notes.extend(note for key, each in ears_ for note in _deaf(key, each, known))
    ordered = sorted(heard_of, key=lambda each: each.at)
    return Pushed(ordered, dict(_moments(ordered, view, since)) if ordered else {}, tuple(notes))


def _deaf(key: str, trigger: PlaybookTrigger, known: set[Place]) -> Iterator[str]:
    """Why the trigger hears nothing of what it listens to, or not all."""
    about = f"playbook {key}: trigger {trigger.name} is not replayed"
    if trigger.type == "KubernetesEvent":
        yield f"{about}: it waits for Events of the cluster, which are in no series"
    elif lost := sorted(UNIQUE & labels_of(trigger).keys()):
        yield f"{about}: it asks for the label {lost[0]}, which no series has"
    elif not any((key.partition("/")[0], each) in known for each in trigger.listens_to):
        why = _NONE_FIRED if trigger.type == "Alert" else _NONE_PUSHED
        yield f"{about}: no series of {', '.join(trigger.listens_to)} is in this history: {why}"


def _moments(told: Sequence[Signal], view: View, since: datetime) -> Iterator[tuple[int, frozenset[str]]]:
    """Where what the triggers themselves say of it changes, and now and then while one holds."""
    inbox, playbooks = (
        Inbox(),
        [each for each in view.playbooks.values() if any(one.pushed for one in each.spec.triggers)],
    )
    inbox.open(since - KEPT_ALERTS)
    longest = max(_longest(each) for one in playbooks for each in one.spec.triggers)
    waiting, holding, quiet = list(reversed(told)), frozenset[object](), told[0].at
    first = milliseconds_of(told[0].at) // STEP * STEP
    for at in range(first, milliseconds_of(view.now) + 1, STEP):
        now = moment(at)
        while waiting and waiting[-1].at <= now:
            inbox.receive((waiting.pop(),))
            quiet = now + longest
        if now > quiet:
            continue
        before, holding = holding, _holding(playbooks, replace(view, now=now, board=inbox.board(now), plans={}))
        if now >= since and (holding != before or (holding and at % LOOK_AGAIN == 0)):
            yield at, PLAYBOOKS


def _holding(playbooks: Iterable[SelfHealingPlaybook], view: View) -> frozenset[object]:
    return frozenset(
        (playbook.key, target, trigger.name)
        for playbook in playbooks
        for target, ear in ears(playbook, view, view.now)
        for trigger in playbook.spec.triggers
        if trigger.pushed and heard(trigger, listening(trigger, ear, playbook)).truth is Truth.TRUE
    )


def _longest(trigger: PlaybookTrigger) -> timedelta:
    """After this time silence changes nothing any more."""
    lasts = span(trigger.hold) if trigger.hold else timedelta()
    return span(trigger.reach) + lasts + timedelta(milliseconds=STEP) if trigger.pushed else timedelta()
