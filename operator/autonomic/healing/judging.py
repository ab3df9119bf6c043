"""A playbook held against everything that is known: whether its trouble is there, for each of its targets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from re import compile as pattern

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.readings import Answers, Question, Several
from autonomic.domain.servers import unknown
from autonomic.domain.signals.board import Board, Stream
from autonomic.domain.signals.received import Signal
from autonomic.domain.triggers import PlaybookTrigger
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.healing import matching
from autonomic.healing.hearing import Ear, heard, labels_of
from autonomic.healing.pacing import by_target, dealt_with
from autonomic.healing.seen import Seen, together

_NAME = pattern(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")
"""A Kubernetes object name."""
Asked = tuple[Question, Question]


@dataclass(frozen=True)
class Judged:
    """What was seen of one target, whose name is None where the playbook itself names it."""

    target: str | None
    seen: Seen


def judge(playbook: SelfHealingPlaybook, view: View, answers: Answers) -> tuple[Judged, ...]:
    """Each target with what was seen of it; a fixed target always, others while something is said of them.

    Raises Invalid when a trigger can't be asked.
    """
    asked = {each.name: _questions(each, playbook, view) for each in playbook.spec.triggers if not each.pushed}
    named = {name for each in _apart_by_query(playbook) for name in matching.targets(each, asked[each.name], answers)}
    judged = [
        Judged(target, _together(playbook, target, ear, asked, answers))
        for target, ear in ears(playbook, view, view.now, named)
    ]
    return tuple(judged) or _blind(playbook, asked, answers)


def stranger(playbook: SelfHealingPlaybook, view: View) -> str | None:
    """What is wrong with the servers that its triggers ask; None when the settings name them all."""
    for each in playbook.spec.triggers:
        if not each.pushed and each.server not in view.servers:
            return unknown(f"triggers.{each.name}.prometheus.server", each.server, view.servers)
    return None


def questions(playbook: SelfHealingPlaybook, view: View) -> Iterable[Question]:
    """What must be asked of the metrics. Raises Invalid."""
    for trigger in playbook.spec.triggers:
        if not trigger.pushed:
            yield from _questions(trigger, playbook, view)


def asked_at(view: View) -> datetime:
    """The latest whole second of which the metrics store knows everything."""
    return (view.now - view.ingestion_delay).replace(microsecond=0)


def ears(
    playbook: SelfHealingPlaybook, view: View, at: datetime, more: Iterable[str] = ()
) -> Iterable[tuple[str | None, Ear]]:
    """One for each target, which hears what is about that target alone, and was not dealt with yet.

    `more` are targets that queries name.
    """
    namespace, target = playbook.metadata.namespace or "", playbook.spec.target
    plans = by_target(playbook, view.plans.values())
    if target.ref:
        yield None, Ear(view.board, namespace, at, after=dealt_with(plans.get(None, ())))
        return
    assert target.from_signal is not None  # noqa: S101 - one of both is set
    apart = _apart(playbook, view.board, target.from_signal.label)
    nothing = Board(view.board.since)
    for name in sorted(
        {*apart, *(each.target for each in playbook.status.incidents), *_asked_of(playbook, plans, more)}
    ):
        yield name, Ear(apart.get(name, nothing), namespace, at, after=dealt_with(plans.get(name, ())))


def names(signals: Iterable[Signal], label: str) -> list[str]:
    """The targets that signals name by that label; what could name no object is left out."""
    return sorted({name for each in signals if _NAME.fullmatch(name := each.labels.get(label, ""))})


def ear_of(playbook: SelfHealingPlaybook, target: str | None, view: View) -> Ear:
    """The ear of one target; a deaf one where nothing is said of it."""
    known = dict(ears(playbook, view, view.now))
    return known.get(target) or Ear(Board(view.board.since), playbook.metadata.namespace or "", view.now)


def overall(judged: Iterable[Judged]) -> Seen:
    """What the playbook says of all its targets together."""
    known = list(judged)
    if len(known) == 1 and known[0].target is None:
        return known[0].seen
    ill = [each.target for each in known if each.seen.truth is Truth.TRUE]
    if ill:
        more = f" and {len(ill) - 5} more" if len(ill) > 5 else ""
        return Seen(Truth.TRUE, "Held", f"it holds for {', '.join(str(name) for name in ill[:5])}{more}")
    blind = next((each.seen for each in known if each.seen.truth is Truth.UNKNOWN), None)
    return blind or Seen(Truth.FALSE, "Quiet", "it holds for no target")


def _questions(trigger: PlaybookTrigger, playbook: SelfHealingPlaybook, view: View) -> tuple[Question, Question]:
    named = playbook.spec.target.from_signal
    by = named.label if named and trigger.per_target else None
    first, second = matching.questions(trigger, asked_at(view), view.tenant(playbook.metadata.namespace), by)
    return replace(first, owner=playbook.key), replace(second, owner=playbook.key)


def _apart_by_query(playbook: SelfHealingPlaybook) -> Iterable[PlaybookTrigger]:
    return (each for each in playbook.spec.triggers if each.per_target)


def _asked_of(playbook: SelfHealingPlaybook, plans: Iterable[str | None], more: Iterable[str]) -> Iterable[str]:
    """What queries name, and what something was done about: a query no longer names what it found well again."""
    if any(_apart_by_query(playbook)):
        yield from (name for name in (*plans, *more) if name and _NAME.fullmatch(name))


def _together(
    playbook: SelfHealingPlaybook, target: str | None, ear: Ear, asked: Mapping[str, Asked], answers: Answers
) -> Seen:
    """What all triggers say of one target. Where no signal does, its name is the only label."""
    seen = [
        heard(each, listening(each, ear, playbook))
        if each.pushed
        else matching.seen(each, asked[each.name], answers, target)
        for each in playbook.spec.triggers
    ]
    found, named = together(seen, playbook.spec.match), playbook.spec.target.from_signal
    return found if found.labels or not (named and target) else replace(found, labels={named.label: target})


def _blind(playbook: SelfHealingPlaybook, asked: Mapping[str, Asked], answers: Answers) -> tuple[Judged, ...]:
    """Where nothing names a target: that nobody knows whether there is one, when a query that names them has no answer."""
    for each in _apart_by_query(playbook):
        mildest, there = (answers[question] for question in asked[each.name])
        if not (isinstance(mildest, Several) and isinstance(there, Several) and there.readings):
            return (Judged(None, matching.seen(each, asked[each.name], answers)),)
    return ()


def listening(trigger: PlaybookTrigger, ear: Ear, playbook: SelfHealingPlaybook) -> Ear:
    """The ear for one trigger.

    An alert goes on until it is resolved, whatever was done about it. An Event is about the fixed target, or its pods, unless
    the trigger says what it is about.
    """
    if trigger.type == "Alert":
        return replace(ear, after=None)
    ref = playbook.spec.target.ref
    if trigger.type == "KubernetesEvent" and ref and not labels_of(trigger):
        return replace(ear, about={ref.kind.lower(): ref.name})
    return ear


def _apart(playbook: SelfHealingPlaybook, board: Board, label: str) -> Mapping[str, Board]:
    """The board of each target; what names no object that could be there is left out."""
    found: dict[str, dict[tuple[str, str], list[Stream]]] = {}
    for trigger in playbook.spec.triggers:
        for place in {(playbook.metadata.namespace or "", type_) for type_ in trigger.listens_to}:
            for stream in board.heard(*place, labels_of(trigger)):
                name = stream.labels.get(label, "")
                if _NAME.fullmatch(name) and stream not in (known := found.setdefault(name, {}).setdefault(place, [])):
                    known.append(stream)
    return {
        name: Board(board.since, {place: tuple(streams) for place, streams in places.items()})
        for name, places in found.items()
    }
