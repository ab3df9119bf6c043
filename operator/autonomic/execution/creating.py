"""Creating an object beside the target: under a name fixed in the plan, so that it is made once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from autonomic.domain.errors import AlreadyExists, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan, Step
from autonomic.domain.targets import Target
from autonomic.domain.words import OPERATION_ANNOTATION
from autonomic.execution.action import ActionKind
from autonomic.execution.drift import Drift
from autonomic.ports.cluster import Cluster, Manifest


@dataclass(frozen=True)
class Creating:
    """Creates what the action's kind says. `may_act` raises when this replica may not write."""

    cluster: Cluster
    kinds: Mapping[str, ActionKind]
    may_act: Callable[[], None]

    async def create(self, plan: AdaptationPlan, step: Step, stamps: Mapping[str, str]) -> None:
        """Creates the object, unless it was made by this step, whether or not it is still there.

        Raises Drift, Forbidden, Invalid, Unavailable.
        """
        if step.done:
            return
        action = plan.spec.actions[step.action]
        source = action.target_ref.within(plan.metadata.namespace or "")
        try:
            live = await self.cluster.get(source)
        except NotFound as error:
            raise Drift(f"{source} is gone") from error
        if live["metadata"]["uid"] != action.target_ref.uid:
            raise Drift("the target was deleted and created again")
        manifest = _stamped(self.kinds[action.type].manifest(action, Target(source, live)), stamps)
        self.may_act()
        try:
            await self.cluster.create(manifest)
        except AlreadyExists as error:
            await self._is_ours(manifest, step, error)
        except NotFound as error:
            raise Drift(f"namespace {source.namespace} is gone") from error

    async def _is_ours(self, manifest: Manifest, step: Step, error: AlreadyExists) -> None:
        ref = ObjectRef.of(manifest)
        try:
            found = await self.cluster.get(ref)
        except NotFound as gone:
            raise Drift(f"{ref} was there and is gone") from gone
        if (found["metadata"].get("annotations") or {}).get(OPERATION_ANNOTATION) != step.op_id:
            raise Drift(f"{ref} is there already, and not by this plan") from error


def _stamped(manifest: dict[str, Any], stamps: Mapping[str, str]) -> Manifest:
    meta = manifest["metadata"]
    return {**manifest, "metadata": {**meta, "annotations": {**meta.get("annotations", {}), **stamps}}}
