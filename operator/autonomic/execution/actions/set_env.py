"""SetEnv: one plain environment variable of one container, where the owner listed it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from autonomic.domain.actions import Action, SetEnv
from autonomic.domain.plans import FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.execution.action import group_kind
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.config_keys import brief
from autonomic.execution.consent import env_objection
from autonomic.execution.effects import of_configuring
from autonomic.execution.fields import change, element, objects, pointer, read, unchangeable
from autonomic.execution.rollouts import WORKLOADS, template_objection, unready


class SetEnvAction(Ordinary):
    """Sets `env[name].value` of a container of a Deployment or StatefulSet. Its pods are rolled by their controller."""

    type: ClassVar[str] = "SetEnv"

    def objection(self, action: Action, target: Target) -> str | None:
        """Only listed names, of a container that is there, and only where a plain value stands now."""
        wish = action.set_env
        if group_kind(target) not in WORKLOADS:
            return f"SetEnv acts on Deployments and StatefulSets, not on {target.ref}"
        if wish is None:
            return "the action names no variable"
        if read(target.raw, _container(wish.container)) is None:
            return f"{target.ref} has no container {wish.container}"
        now = _now(wish, target)
        if len(now) > 1:
            return f"{target.ref} sets {wish.name} twice in container {wish.container}"
        if now and now[0].get("valueFrom"):
            return f"{wish.name} of {target.ref} comes from elsewhere (valueFrom): only plain values are changed"
        return (
            env_objection(target, wish.name)
            or template_objection(target)
            or unchangeable(target, _variable(wish) + "/value")
        )

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """The value; the whole element where there is none yet. The server keeps no empty value."""
        wish = action.set_env
        assert wish is not None  # noqa: S101 - `objection` comes first
        if action.absent:
            return change(target, _variable(wish), None)
        wanted = {"value": wish.value} if wish.value else {}
        if _now(wish, target):
            return change(target, _variable(wish) + "/value", wanted.get("value"))
        return change(target, _variable(wish), {"name": wish.name, **wanted})

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the workload is told may be to look away."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`set a variable of container app (MODE: fast -> safe)`."""
        wish = action.set_env
        if wish is None:
            return "set a variable"
        now = next((each.get("value", "") for each in _now(wish, target)), None)
        after = brief(None if action.absent else wish.value)
        return f"set a variable of container {wish.container} ({wish.name}: {brief(now)} -> {after})"

    def pending(self, action: Action, target: Target) -> str | None:
        """Until all pods have it."""
        return unready(target)


def _container(name: str) -> str:
    return pointer("spec", "template", "spec", "containers", element(name))


def _variable(wish: SetEnv) -> str:
    return _container(wish.container) + pointer("env", element(wish.name))


def _now(wish: SetEnv, target: Target) -> list[Mapping[str, Any]]:
    """What sets the variable."""
    every = objects(target.raw, _container(wish.container) + "/env")
    return [each for each in every if each.get("name") == wish.name]
