"""What would follow, as text for a terminal."""

from collections.abc import Iterable

from rich.console import Console

from autonomic.simulate import Outcome
from autonomic.simulate.outcome import FactOutcome, ObjectiveOutcome, PlanOutcome, RouteOutcome

_SHOWN_BY_PLANS = frozenset({"PlanProposed", "PlanAwaitsApproval", "PlanDenied", "PlanExecuting", "PlanWaits"})
"""Facts that say what the plans say already."""


def show(outcome: Outcome, out: Console) -> None:
    """Prints supposed policies, objectives, plans, what else would be told, shares of routes, and what was assumed."""
    _section("policies", _policies(outcome), out)
    _section("objectives", (_objective(each) for each in outcome.objectives), out)
    _section("plans", (line for each in outcome.plans for line in _plan(each)), out)
    others = [each for each in outcome.facts if each.name not in _SHOWN_BY_PLANS and each.name != "SLOAlertChanged"]
    _section("also", (_fact(each) for each in others), out)
    _section("routes", (_route(each) for each in outcome.routes), out)
    _section("assumed", outcome.notes, out)
    made = sum(each.proposed for each in outcome.plans)
    plans, contracts = _counted(made, "plan"), _counted(outcome.judged, "contract")
    were = "was" if outcome.judged == 1 else "were"
    out.print(f"{plans} would be made; {contracts} {were} judged; nothing was written")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _section(title: str, lines: Iterable[str], out: Console) -> None:
    found = list(lines)
    if found:
        out.print(title)
        for line in found:
            out.print(f"  {line}")


def _policies(outcome: Outcome) -> Iterable[str]:
    if (supposed := outcome.policies) is None:
        return
    yield f"supposed instead of {supposed.instead_of}: {', '.join(supposed.files) or 'none'}; revision {supposed.revision}"
    for name in supposed.beside:
        yield f"no pack is named {name}: it comes beside them"


def _objective(each: ObjectiveOutcome) -> str:
    name = f"{each.contract} {each.objective}" + (f"[{each.group}]" if each.group else "")
    burns = ", ".join(f"{burn.rate} in {burn.window}" for burn in each.burn_rates)
    return f"{name}: {each.alert}, SLI {each.sli}, budget left {each.budget_remaining}; burns {burns or 'Unknown'}"


def _plan(each: PlanOutcome) -> Iterable[str]:
    ruled = each.verdict.value if each.verdict else "no verdict"
    yield f"{each.namespace}/{each.name} ({each.loop}): {each.action} on {', '.join(each.targets)}"
    yield f"  {ruled}: {each.then}"
    for reason in each.reasons:
        if reason not in each.then:
            yield f"  - {reason}"
    yield f"  because {each.because}"


def _fact(each: FactOutcome) -> str:
    return f"{each.name} ({each.about}): {each.message}"


def _route(each: RouteOutcome) -> str:
    why = f": {each.why}" if each.why else ""
    shares = f"{each.published} of 1000 now, {each.desired} in the end, {each.baseline} as baseline"
    return f"{each.route} {each.task_type} {each.candidate}: {shares}{why}"
