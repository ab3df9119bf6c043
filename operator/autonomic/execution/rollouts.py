"""How far a workload's rollout is, read from its own status."""

from autonomic.domain.targets import Target
from autonomic.execution.fields import number, read

WORKLOADS = frozenset({("apps", "Deployment"), ("apps", "StatefulSet")})
"""The kinds, by group, that keep pods of a template."""


def replicas_of(target: Target) -> int:
    """The replicas that it shall have; one where it does not say."""
    value = number(target.raw, "/spec/replicas")
    return 1 if value is None else value


def template_objection(target: Target) -> str | None:
    """Why another pod template would not become other pods."""
    if read(target.raw, "/spec/paused"):
        return f"{target.ref} is paused: its pods stay as they are until whoever paused it resumes it"
    if read(target.raw, "/spec/updateStrategy/type") == "OnDelete":
        return f"{target.ref} replaces pods only when somebody deletes them"
    held = number(target.raw, "/spec/updateStrategy/rollingUpdate/partition")
    return f"{target.ref} holds {held} of its pods back by a partition" if held else None


def is_rolling(target: Target) -> bool:
    """Whether pods of another template than the present one are still there."""
    present = _count(target, "replicas")
    return not is_observed(target) or _updated(target) < replicas_of(target) or present > replicas_of(target)


def unready(target: Target) -> str | None:
    """How many pods are still to come; None when all are there, new and ready."""
    if not is_observed(target):
        return f"{target.ref}: the controller has not seen the change yet"
    ready, wanted = _count(target, "readyReplicas"), replicas_of(target)
    if is_rolling(target) or ready < wanted:
        return f"{target.ref}: {ready} of {wanted} replicas are ready"
    return None


def is_observed(target: Target) -> bool:
    """Whether its controller has seen the newest spec; not while it never said so."""
    seen = number(target.raw, "/status/observedGeneration")
    return seen is not None and seen >= (number(target.raw, "/metadata/generation") or 0)


def _count(target: Target, name: str) -> int:
    return number(target.raw, f"/status/{name}") or 0


def _updated(target: Target) -> int:
    revisions = [read(target.raw, f"/status/{name}Revision") for name in ("update", "current")]
    if target.ref.kind == "StatefulSet" and revisions[0] == revisions[1]:
        return _count(target, "replicas")
    return _count(target, "updatedReplicas")
