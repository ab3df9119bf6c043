"""What a ControlLoop's status says, and which facts are told when that changes. Pure."""

from autonomic.domain.controlloops import ControlLoopResource, ControlLoopStatus
from autonomic.domain.findings import Fact, Report
from autonomic.domain.meta import condition, conditions
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.failures import pause
from autonomic.loops.storm import unwell, weather
from autonomic.ports.cluster import Proof

Wanted = tuple[str, Truth, str, str]


def loop_report(
    loop: ControlLoopResource, view: View, proof: Proof, *, known: bool, fault: str | None = None
) -> Report:
    """The loop's status as of now; `known` is whether a loop of its type is installed, `fault` what its plug-in fails at."""
    guards = [wanted for wanted in (pause(loop, view), weather(loop, view)) if wanted]
    now, generation = view.now.replace(microsecond=0), loop.metadata.generation
    guarded = conditions(loop.status.conditions, guards, generation, now)
    paused = condition(guarded, "Paused")
    stuck = (paused.reason, paused.message) if paused and paused.status is Truth.TRUE else None
    after = conditions(
        guarded, (_ready(loop, proof, stuck, known=known, fault=fault), _suspended(loop)), generation, now
    )
    status = ControlLoopStatus(observed_generation=generation, conditions=after)
    return Report(loop.ref, status, tuple(_news(loop, guards, view)))


def _ready(
    loop: ControlLoopResource, proof: Proof, stuck: tuple[str, str] | None, *, known: bool, fault: str | None
) -> Wanted:
    if fault:
        return "Ready", Truth.FALSE, "PluginFailing", fault[:1024]
    if not known:
        return "Ready", Truth.FALSE, "UnknownType", f"no loop of type {loop.spec.type} is installed"
    if not proof.in_force:
        return "Ready", Truth.FALSE, "AdmissionUnproven", f"nothing is executed: {proof.message}"[:1024]
    if stuck:
        return "Ready", Truth.FALSE, *stuck
    return "Ready", Truth.TRUE, "Turning", "the loop turns, and the admission policies are in force"


def _suspended(loop: ControlLoopResource) -> Wanted:
    suspended = loop.spec.suspend
    return "Suspended", Truth.TRUE if suspended else Truth.FALSE, "Suspended" if suspended else "Turning", ""


_FACTS = {
    ("Paused", True): "LoopPaused",
    ("Paused", False): "LoopResumed",
    ("Storm", True): "StormBegan",
    ("Storm", False): "StormOver",
}


def _news(loop: ControlLoopResource, guards: list[Wanted], view: View) -> list[Fact]:
    """A fact for each guard that began or ended; a storm that calms down has not ended yet."""
    told = []
    for name, status, _, message in guards:
        before = condition(loop.status.conditions, name)
        was, is_on = before is not None and before.status is not Truth.FALSE, status is not Truth.FALSE
        if was != is_on:
            text = f"{message}{_figures(view)}" if (name, is_on) == ("Storm", True) else message
            told.append(
                Fact(_FACTS[name, is_on], loop.ref, text or f"loop {loop.metadata.name} goes on", warning=is_on)
            )
    return told


def _figures(view: View) -> str:
    ill, there = unwell(view)
    return f" ({ill} of {there})"
