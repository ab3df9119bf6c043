"""What a playbook's status says, and which facts are told when that changes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from autonomic.domain.crowding import TOO_MANY
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.playbooks import INCIDENTS, Incident, SelfHealingPlaybook, SelfHealingPlaybookStatus
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.healing.judging import Judged
from autonomic.healing.seen import Seen
from autonomic.loops.healing_finding import Halt

_BROKEN = ("InvalidSelector", "NamespaceNotEnabled", "UnknownServer", TOO_MANY)

Wanted = tuple[str, Truth, str, str]


def report(
    playbook: SelfHealingPlaybook, seen: Seen, judged: tuple[Judged, ...], halts: Iterable[Halt], view: View
) -> Report:
    """The playbook's status as of now."""
    meta, now = playbook.metadata, view.now.replace(microsecond=0)
    stopped = _stopped(playbook, tuple(halts))
    named = playbook.spec.target.from_signal is not None
    after = SelfHealingPlaybookStatus(
        observed_generation=meta.generation,
        incident=None if named else _incident(seen.truth, playbook.status.incident, now),
        incidents=_incidents(playbook, judged, now) if named and judged else playbook.status.incidents if named else (),
        conditions=conditions(playbook.status.conditions, (*_shown(seen), stopped), meta.generation, now),
    )
    return Report(playbook.ref, after, tuple(_news(playbook, seen, stopped)))


def troubles(playbook: SelfHealingPlaybook, judged: Iterable[Judged], now: datetime) -> Mapping[str | None, datetime]:
    """The targets whose trouble goes on, as many as are looked after, and since when; those that go on before new ones."""
    now = now.replace(microsecond=0)
    before: dict[str | None, datetime | None] = {each.target: each.since for each in playbook.status.incidents}
    if playbook.spec.target.ref:
        before = {None: playbook.status.incident}
    ordered = sorted(judged, key=lambda each: (each.target not in before, each.target or ""))
    found = {each.target: _incident(each.seen.truth, before.get(each.target), now) for each in ordered}
    return dict([(name, since) for name, since in found.items() if since][:INCIDENTS])


def _incident(triggered: Truth, ongoing: datetime | None, now: datetime) -> datetime | None:
    """When the trouble began: what is Unknown neither begins nor ends it, so a no stays a no through a gap in the data."""
    if triggered is Truth.UNKNOWN:
        return ongoing
    return (ongoing or now) if triggered is Truth.TRUE else None


def _incidents(playbook: SelfHealingPlaybook, judged: tuple[Judged, ...], now: datetime) -> tuple[Incident, ...]:
    since, seen = troubles(playbook, judged, now), {each.target: each.seen.truth for each in judged}
    return tuple(Incident(target=name, since=at, triggered=seen[name]) for name, at in since.items() if name)


def _shown(seen: Seen) -> tuple[Wanted, ...]:
    works = seen.reason not in _BROKEN
    data = works and seen.truth is not Truth.UNKNOWN
    ready = (Truth.TRUE, "Evaluated", "") if works else (Truth.FALSE, seen.reason, seen.message)
    available = (Truth.TRUE, "Available", "") if data else (Truth.FALSE, seen.reason, seen.message)
    return ("Ready", *ready), ("DataAvailable", *available), ("Triggered", seen.truth, seen.reason, seen.message)


def _stopped(playbook: SelfHealingPlaybook, halts: tuple[Halt, ...]) -> Wanted:
    """Whether it does nothing more about a trouble that goes on, until somebody looks."""
    before = condition(playbook.status.conditions, "Stopped")
    edited = before is not None and before.observed_generation < playbook.metadata.generation
    if before and before.status is Truth.TRUE and edited:
        return "Stopped", Truth.FALSE, "Resumed", "somebody edited the playbook: earlier rounds no longer count"
    if halts:
        return "Stopped", Truth.TRUE, halts[0].reason, "; ".join(each.message for each in halts)[:1024]
    if before and before.reason == "Resumed":
        return "Stopped", Truth.FALSE, "Resumed", before.message
    return "Stopped", Truth.FALSE, "NotStopped", ""


def _news(playbook: SelfHealingPlaybook, seen: Seen, stopped: Wanted) -> Iterable[Fact]:
    old = condition(playbook.status.conditions, "Triggered")
    if (old.reason if old else "Quiet") != seen.reason:
        yield Fact("PlaybookTriggerChanged", playbook.ref, seen.message, warning=seen.truth != Truth.FALSE)
    before = condition(playbook.status.conditions, "Stopped")
    if stopped[1] is Truth.TRUE and (before is None or before.status is not Truth.TRUE):
        yield Fact("PlaybookStopped", playbook.ref, stopped[3], warning=True)
