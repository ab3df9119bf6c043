"""Resize: the memory or CPU of one container, within the most that the owner wrote on the workload."""

from collections.abc import Callable
from decimal import Decimal
from typing import ClassVar, TypeGuard

from autonomic.domain.actions import Action, PermittedAction, Resize, ResizeBy
from autonomic.domain.plans import FieldChange
from autonomic.domain.quantities import cpu, memory, quantity
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import MOST_ANNOTATIONS
from autonomic.execution.action import Declined, group_kind, pinned
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring
from autonomic.execution.fields import change, element, pointer, read
from autonomic.execution.rollouts import WORKLOADS, template_objection, unready

_WRITTEN: dict[str, Callable[[Decimal], str]] = {"Memory": memory, "Cpu": cpu}
_SECTIONS = {"Limit": "limits", "Request": "requests"}
STEP = 2
"""One plan at most doubles a quantity, or halves it; admission holds that, too."""


class ResizeAction(Ordinary):
    """Sets `resources` of a container of a Deployment or StatefulSet. Its pods are rolled by their controller."""

    type: ClassVar[str] = "Resize"

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """Moves by `percent`, no further than `most` and `least`; declines when that is no move in the wanted direction."""
        assert permitted.resize is not None  # noqa: S101 - the union's type says so
        wish = permitted.resize
        now = _now(wish, target)
        if now is None:
            raise Declined(f"{target.ref} sets no {_named(wish)}: there is nothing to move by {wish.percent} %")
        wanted = _WRITTEN[wish.resource](_within(wish, now * (100 + wish.percent) / 100))
        if ((quantity(wanted) or now) - now) * wish.percent <= 0:
            raise Declined(
                f"the {_named(wish)} of {target.ref} is at its bound: moving by {wish.percent} % changes nothing"
            )
        fixed = Resize(container=wish.container, resource=wish.resource, what=wish.what, quantity=wanted)
        return Action(type="Resize", target_ref=pinned(target), resize=fixed)

    def objection(self, action: Action, target: Target) -> str | None:
        """Only what is set now, in steps of a half to a double, and only up to what the owner wrote on the workload."""
        if group_kind(target) not in WORKLOADS:
            return f"Resize acts on Deployments and StatefulSets, not on {target.ref}"
        if action.resize is None:
            return "the action names no quantity"
        if read(target.raw, _container(action.resize)) is None:
            return f"{target.ref} has no container {action.resize.container}"
        return _excess(action.resize, target) or _order(action.resize, target) or template_objection(target)

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The quantity, unless it is so already, however it is written."""
        wish = action.resize
        assert wish is not None  # noqa: S101 - `objection` comes first
        return () if _now(wish, target) == quantity(wish.quantity) else change(target, _path(wish), wish.quantity)

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """A scanner that is starved no longer scans."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`raise the memory limit of container worker from 512Mi to 768Mi`."""
        wish = action.resize
        if not _fits(wish, target):
            return "resize"
        verb = "raise" if (quantity(wish.quantity) or 0) > (_now(wish, target) or 0) else "lower"
        before = read(target.raw, _path(wish))
        return f"{verb} the {_named(wish)} of container {wish.container} from {before} to {wish.quantity}"

    def pending(self, action: Action, target: Target) -> str | None:
        """Until all pods have it."""
        return unready(target)


def _fits(wish: Resize | None, target: Target) -> TypeGuard[Resize]:
    return wish is not None and group_kind(target) in WORKLOADS and _now(wish, target) is not None


def _excess(wish: Resize, target: Target) -> str | None:
    """Why the quantity is too much, or too much at once."""
    now, wanted, annotation = _now(wish, target), quantity(wish.quantity), MOST_ANNOTATIONS[wish.resource]
    most = quantity(target.annotations.get(annotation, ""))
    if now is None or wanted is None:
        return f"{target.ref} sets no {_named(wish)} in container {wish.container}"
    if most is None:
        return f"{target.ref} does not let it be resized: its annotation {annotation} holds no quantity"
    if wanted > most:
        return f"{wish.quantity} is above {target.annotations[annotation]}, the most that {annotation} of {target.ref} allows"
    if wanted > STEP * now or now > STEP * wanted:
        return f"{wish.quantity} is more than twice, or less than half, of {read(target.raw, _path(wish))}"
    return None


def _order(wish: Resize, target: Target) -> str | None:
    """A request stays at or below its limit."""
    other = wish.model_copy(update={"what": "Request" if wish.what == "Limit" else "Limit"})
    beside, wanted = _now(other, target), quantity(wish.quantity)
    if beside is None or wanted is None or (wanted >= beside if wish.what == "Limit" else wanted <= beside):
        return None
    return f"the {_named(wish)} of {target.ref} would cross its {_named(other)}, {read(target.raw, _path(other))}"


def _within(wish: ResizeBy, amount: Decimal) -> Decimal:
    most, least = quantity(wish.most), quantity(wish.least) if wish.least else None
    assert most is not None  # noqa: S101 - the model says that it is one
    return min(most, amount) if least is None else max(least, min(most, amount))


def _now(wish: Resize | ResizeBy, target: Target) -> Decimal | None:
    return quantity(read(target.raw, _path(wish)))


def _container(wish: Resize | ResizeBy) -> str:
    return pointer("spec", "template", "spec", "containers", element(wish.container))


def _path(wish: Resize | ResizeBy) -> str:
    return _container(wish) + pointer("resources", _SECTIONS[wish.what], wish.resource.lower())


def _named(wish: Resize | ResizeBy) -> str:
    return f"{wish.resource.lower() if wish.resource == 'Memory' else 'CPU'} {wish.what.lower()}"
