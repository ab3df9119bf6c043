"""HealingLoop: playbooks whose trouble is there ask for their cure."""

from collections.abc import Iterable
from typing import ClassVar

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.crowding import TOO_MANY, is_told, sentence
from autonomic.domain.errors import Invalid
from autonomic.domain.findings import Analysis, Finding
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.readings import Answers, Question
from autonomic.domain.units import seconds
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.healing.judging import Judged, judge, overall, questions, stranger
from autonomic.healing.seen import Seen
from autonomic.loops.healing_finding import Halt, clearing_up, finding
from autonomic.loops.healing_report import report, troubles


class HealingLoop:
    """Holds playbooks against the signals in Prometheus, and against those that were pushed."""

    type: ClassVar[str] = "Healing"

    def monitor(self, view: View) -> Iterable[Question]:
        """Each Prometheus trigger's mildest value over its time, and whether there are series at all."""
        for playbook in _watched(view):
            if stranger(playbook, view):
                continue  # `analyze` reports it on the playbook, as it does what can't be asked
            try:
                yield from tuple(questions(playbook, view))
            except Invalid:
                continue

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A report for each playbook, and a finding for each target whose trouble is there and which may act again."""
        reports, findings = [], []
        for playbook in view.playbooks.values():
            if _is_left_out(playbook, view):
                continue
            seen, judged = _judge(playbook, view, answers)
            found, halts = _findings(playbook, judged, loop, view)
            reports.append(report(playbook, seen, judged, halts, view))
            findings.extend(found)
        return Analysis(tuple(reports), tuple(findings))

    def pace(self, view: View) -> float | None:
        """A quarter of the shortest `for`, so that no trouble waits much longer than it must."""
        holds = (trigger.hold for each in _watched(view) for trigger in each.spec.triggers if trigger.hold)
        return min((seconds(hold) / 4 for hold in holds), default=None)


def _watched(view: View) -> Iterable[SelfHealingPlaybook]:
    return (each for each in view.playbooks.values() if view.judges(each))


def _is_left_out(playbook: SelfHealingPlaybook, view: View) -> bool:
    """Whether it has no place in its namespace, and says so already: thousands of them must cost next to nothing."""
    crowd = view.crowd(playbook)
    return crowd is not None and is_told(crowd, playbook.metadata, playbook.status.conditions)


def _judge(playbook: SelfHealingPlaybook, view: View, answers: Answers) -> tuple[Seen, tuple[Judged, ...]]:
    """What is seen of all targets together, and of each; of none where the playbook can't be judged."""
    namespace = playbook.metadata.namespace
    if not view.namespace(namespace).enabled:
        return Seen(Truth.UNKNOWN, "NamespaceNotEnabled", f"namespace {namespace} has not opted in"), ()
    if crowd := view.crowd(playbook):
        return Seen(Truth.UNKNOWN, TOO_MANY, sentence(crowd, playbook.status.conditions)), ()
    if wrong := stranger(playbook, view):
        return Seen(Truth.UNKNOWN, "UnknownServer", wrong), ()
    try:
        judged = judge(playbook, view, answers)
    except Invalid as error:
        return Seen(Truth.UNKNOWN, "InvalidSelector", str(error)), ()
    return overall(judged), judged


def _findings(
    playbook: SelfHealingPlaybook, judged: tuple[Judged, ...], loop: ControlLoopResource, view: View
) -> tuple[list[Finding], list[Halt]]:
    """What is asked for, and where nothing more is done until somebody looks."""
    found: list[Finding] = []
    halts: list[Halt] = []
    ongoing = troubles(playbook, judged, view.now)
    for each in judged:
        found.extend(clearing_up(playbook, each.target, loop, view))
        since = ongoing.get(each.target)
        if each.seen.truth is Truth.TRUE and since is not None:
            answer = finding(playbook, each, since, loop, view)
            if isinstance(answer, Finding):
                found.append(answer)
            elif answer:
                halts.append(answer)
    return found, halts
