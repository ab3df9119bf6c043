"""The storm breaker: when so much is unwell at once, something larger is wrong, and plans would make it worse."""

from collections.abc import Iterable
from decimal import Decimal

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.units import span
from autonomic.domain.view import View
from autonomic.domain.words import Truth

Wanted = tuple[str, Truth, str, str]


def weather(loop: ControlLoopResource, view: View) -> Wanted:
    """The loop's condition Storm: True in a storm, Unknown while it calms down, False when plans may be begun.

    The calm is counted from the condition's own transition, so that a restart does not begin it anew.
    """
    guard = loop.spec.guards.storm
    if _is_storm(loop, view):
        return (
            "Storm",
            Truth.TRUE,
            "TooMuchUnwell",
            f"more than {guard.share} of all workloads are unwell: no plan is begun",
        )
    before = condition(loop.status.conditions, "Storm")
    if before is None or before.status is Truth.FALSE:
        return "Storm", Truth.FALSE, "Calm", ""
    calming = before.status is Truth.TRUE or view.now - before.last_transition_time < span(guard.calm)
    if calming:
        return (
            "Storm",
            Truth.UNKNOWN,
            "CalmingDown",
            f"the storm is over, no plan is begun until it is calm for {guard.calm}",
        )
    return "Storm", Truth.FALSE, "Calm", ""


def storming(loop: ControlLoopResource, view: View) -> str | None:
    """Why no plan may be begun; None when it is calm."""
    _, status, _, message = weather(loop, view)
    return None if status is Truth.FALSE else message


def unwell(view: View) -> tuple[int, int]:
    """How many workloads are unwell, and how many are governed."""
    states = list(_states(view))
    known = {ref for ref, _ in states}
    states += [(ref, True) for ref in _named(view) if ref in known]
    return len({ref for ref, ill in states if ill}), len({ref for ref, _ in states})


def _is_storm(loop: ControlLoopResource, view: View) -> bool:
    guard, most = loop.spec.guards.storm, _at_most(view)
    # Every plan asks: while it is calm, what is governed need not be counted.
    if most < guard.least or _is_within(Decimal(guard.share), most, view):
        return False
    ill, there = unwell(view)
    return ill >= guard.least and ill > Decimal(guard.share) * there


def _at_most(view: View) -> int:
    """No fewer than are unwell: workloads count as often as they are named, and wherever they are."""
    return view.promises.burning + sum(len(each.subjects()) for each in view.playbooks.values())


def _is_within(share: Decimal, most: int, view: View) -> bool:
    """Whether so many are within the share of those that are governed, of whom only as many are looked at as settle it.

    What has one name is counted once, and where some are left out none is: there are no fewer.
    """
    rooms = set() if view.crowds else {name for name, each in view.namespaces.items() if each.enabled}
    names = set[tuple[str, str]]()
    for each in view.contracts.values():
        room = each.metadata.namespace or ""
        if room in rooms:
            names.add((room, each.spec.target_ref.name))
            if most <= share * len(names):
                return True
    return False


def _states(view: View) -> Iterable[tuple[ObjectRef, bool]]:
    for contract in view.contracts.values():
        if view.judges(contract):
            yield contract.spec.target_ref.within(contract.metadata.namespace or ""), contract.burns
    for playbook in view.playbooks.values():
        if playbook.spec.target.ref and view.judges(playbook):
            triggered = condition(playbook.status.conditions, "Triggered")
            ill = triggered is not None and triggered.status is Truth.TRUE
            yield from ((ref, ill) for ref in playbook.subjects())


def _named(view: View) -> Iterable[ObjectRef]:
    """Targets that signals name. They are heard of only when they are unwell: how many are well is not known of them."""
    for playbook in view.playbooks.values():
        if playbook.spec.target.from_signal and view.judges(playbook):
            yield from playbook.subjects()
