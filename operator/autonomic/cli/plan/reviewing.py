"""`approve`, `deny`, `keep` and `undo`: a review of a plan, given in one's own name, on the digest that was shown."""

import sys
from dataclasses import dataclass
from typing import Literal

import typer
from rich.console import Console

from autonomic.adapters.kubernetes.person import Whereabouts
from autonomic.cli.plan.difference import difference
from autonomic.cli.plan.drawing_changes import draw_changes
from autonomic.cli.plan.finding import find
from autonomic.cli.plan.options import Context, Digest, Kubeconfig, Message, Namespace, PlanName, Yes
from autonomic.cli.plan.outcomes import CHANGED, MISTAKE, REFUSED, Stop, done
from autonomic.cli.plan.person import ASKING, Desk, Person, desk
from autonomic.cli.waiting import waiting
from autonomic.domain.errors import Invalid, NotFound
from autonomic.domain.plans import AdaptationPlan, Review
from autonomic.governance.digest import digest as digest_of

Decision = Literal["Approved", "Denied", "Keep", "RollBack"]
_LEAST_DIGITS = 12
_PHASES: dict[Decision, tuple[str, ...]] = {
    "Approved": ("Proposed", "AwaitingApproval", "Approved"),
    "Denied": ("Proposed", "AwaitingApproval", "Approved"),
    "Keep": ("Inconclusive",),
    "RollBack": ("Inconclusive", "Succeeded"),
}
_VERBS: dict[Decision, str] = {
    "Approved": "approve", "Denied": "deny", "Keep": "keep what was done by", "RollBack": "take back what was done by"
}  # fmt: skip
_THEN: dict[Decision, str] = {
    "Approved": "it is judged once more and carried out; `explain` tells what becomes of it",
    "Denied": "it will not be carried out, nor proposed again for the same incident",
    "Keep": "it counts as succeeded, and stays",
    "RollBack": "the fields that are still as the plan left them are set back; `explain` tells what becomes of it",
}
_TAKES_BACK: tuple[Decision, ...] = ("RollBack",)


@dataclass(frozen=True)
class Wish:
    """A review that somebody wants to give. `message` may be empty, `digest` and `namespace` None."""

    decision: Decision
    plan: str
    namespace: str | None
    message: str
    sure: bool
    digest: str | None


def approve(
    ctx: typer.Context, plan: PlanName, namespace: Namespace = None, message: Message = "", yes: Yes = False,
    digest: Digest = None, context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Shows what would change, asks, and approves."""
    _give(desk(ctx), Whereabouts(kubeconfig, context), Wish("Approved", plan, namespace, message, yes, digest))


def deny(
    ctx: typer.Context, plan: PlanName, namespace: Namespace = None, message: Message = "",
    digest: Digest = None, context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Denies at once: a no needs no second thought, and it is final."""
    _give(desk(ctx), Whereabouts(kubeconfig, context), Wish("Denied", plan, namespace, message, True, digest))


def keep(
    ctx: typer.Context, plan: PlanName, namespace: Namespace = None, message: Message = "", yes: Yes = False,
    digest: Digest = None, context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Answers an inconclusive plan: what was done stays."""
    _give(desk(ctx), Whereabouts(kubeconfig, context), Wish("Keep", plan, namespace, message, yes, digest))


def undo(
    ctx: typer.Context, plan: PlanName, namespace: Namespace = None, message: Message = "", yes: Yes = False,
    digest: Digest = None, context: Context = None, kubeconfig: Kubeconfig = None,
) -> None:  # fmt: skip
    """Takes a plan back that succeeded, or could not be judged: the operator sets the recorded fields back."""
    _give(desk(ctx), Whereabouts(kubeconfig, context), Wish("RollBack", plan, namespace, message, yes, digest))


def _give(at: Desk, where: Whereabouts, wish: Wish) -> None:
    out = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    out.print(done(give(at, where, wish, out)))


async def give(at: Desk, where: Whereabouts, wish: Wish, out: Console) -> str:
    """Shows, asks, and adds the review; what was done, as a sentence. Raises Stop, and what a cluster raises."""
    async with at.reach(where) as person:
        with waiting(ASKING):
            plan = await find(person, wish.namespace, wish.plan)
        _check(plan, wish)
        if not wish.sure:
            await _show(at, person, plan, wish, out)
            _ask(plan, wish)
        with waiting(ASKING):
            name = await person.name()
            review = Review(decision=wish.decision, by=name, message=wish.message, digest=plan.spec.digest)
            await _add(person, plan, review)
    return f"{_said(wish.decision)} {plan.key} as {name}: {_THEN[wish.decision]}"


def _check(plan: AdaptationPlan, wish: Wish) -> None:
    """What the server would refuse too, in words that say what to do. Raises Stop."""
    phase = plan.status.phase
    if phase not in _PHASES[wish.decision]:
        possible = ", ".join(_PHASES[wish.decision])
        raise Stop(f"plan {plan.key} is {phase}: you can {_VERBS[wish.decision]} a plan that is {possible}", REFUSED)
    if digest_of(plan.spec) != plan.spec.digest:
        raise Stop(f"plan {plan.key} is not what its digest says: it was changed after it was made; delete it", REFUSED)
    if wish.digest and not _begins(plan.spec.digest, wish.digest):
        raise Stop(f"plan {plan.key} has the digest {plan.spec.digest}, not {wish.digest}: read it again", CHANGED)
    if wish.digest and len(wish.digest.removeprefix("sha256:")) < _LEAST_DIGITS:
        raise Stop(f"--digest {wish.digest} is too short: give at least {_LEAST_DIGITS} digits", MISTAKE)
    if len(wish.message) > 512:
        raise Stop(f"the message has {len(wish.message)} characters, and 512 are kept: say it shorter", MISTAKE)


def _begins(whole: str, start: str) -> bool:
    return whole.removeprefix("sha256:").startswith(start.removeprefix("sha256:"))


async def _show(at: Desk, person: Person, plan: AdaptationPlan, wish: Wish, out: Console) -> None:
    out.print(f"{plan.key}: {plan.spec.justification}")
    out.print(f"expires {plan.spec.expires_at:%Y-%m-%d %H:%M:%S} UTC   {plan.spec.digest}", style="dim")
    if wish.decision in _TAKES_BACK:
        out.print("What the plan did, and what would be set back to BEFORE:")
    draw_changes(await difference(plan, person.cluster, at.now()), out)


def _ask(plan: AdaptationPlan, wish: Wish) -> None:
    """Raises Stop unless a person at a terminal says yes."""
    verb = _VERBS[wish.decision]
    if not sys.stdin.isatty():
        raise Stop(f"nobody can be asked, for there is no terminal: give --yes to {verb} {plan.key}", MISTAKE)
    if not typer.confirm(f"Do you {verb} {plan.metadata.name}?"):
        raise Stop("nothing was done", REFUSED)


async def _add(person: Person, plan: AdaptationPlan, review: Review) -> None:
    """Raises Stop when the plan that was shown is not there any more."""
    try:
        await person.review(plan, review)
    except NotFound:
        raise Stop(f"plan {plan.key} was deleted meanwhile", CHANGED) from None
    except Invalid:
        now = await find(person, plan.metadata.namespace, plan.metadata.name)
        if (now.metadata.uid, now.spec.digest) != (plan.metadata.uid, plan.spec.digest):
            raise Stop(
                f"plan {plan.key} is another one than was shown: its digest is {now.spec.digest}", CHANGED
            ) from None
        raise


def _said(decision: Decision) -> str:
    return {"Approved": "approved", "Denied": "denied", "Keep": "kept", "RollBack": "asked to take back"}[decision]
