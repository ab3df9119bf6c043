"""What holds every write to workloads right now, rollbacks included, whatever was approved."""

from collections.abc import Callable
from datetime import timedelta

from autonomic.cycle.store import Store
from autonomic.domain.errors import Unavailable
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.view import View
from autonomic.governance.redlines import kill_switch
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Proof

HOLD = 1.0
"""Seconds until a plan that is held looks again."""


PATIENCE = timedelta(minutes=5)
"""How long a refused write is tried again: a rollback that admission refuses, where a kill switch is seen before it is seen
here, and what a server does not permit that has yet to read its rules."""


def obstacle(plan: AdaptationPlan, view: View, proof: Proof) -> tuple[str, str] | None:
    """The reason, as a word and a sentence; None when writes may go on. The plan waits until it is gone."""
    stop = standstill(view, proof)
    if stop is None and not view.namespace(plan.metadata.namespace).enabled:
        return "NamespaceNotEnabled", f"namespace {plan.metadata.namespace} has not opted in"
    return stop


def before_write(may_act: Callable[[], None], store: Store, clock: Clock) -> Callable[[], None]:
    """`may_act`, and right before every write whether everything stands still by now. Raises Unavailable when it does."""

    def check() -> None:
        may_act()
        stop = standstill(store.view(clock.now()), store.proof)
        if stop:
            raise Unavailable(stop[1])

    return check


def standstill(view: View, proof: Proof) -> tuple[str, str] | None:
    """What holds every plan there is, wherever it acts."""
    line = kill_switch(view)
    if line:
        return "KillSwitch", f"the kill switch of RedLine {line} is on"
    unread = next((each.ref.name for each in view.unreadable if each.ref.kind == "RedLine"), None)
    if unread:
        return "RedLineUnreadable", f"RedLine {unread} cannot be read: it may have its kill switch on"
    if not view.redlines:
        return "NoRedLine", "there is no RedLine: nothing is done where nothing is forbidden"
    return None if proof.in_force else ("AdmissionUnproven", proof.message[:1000])
