"""Retry: a failed Job runs again, as a new Job with the same account, images and template."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from autonomic.domain.actions import Action, PermittedAction, Retry
from autonomic.domain.plans import Deed, FieldChange
from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.units import span
from autonomic.domain.words import RETRY_LABEL, RETRY_OF_ANNOTATION
from autonomic.execution.action import Declined, group_kind, pinned
from autonomic.execution.actions.ordinary import Ordinary
from autonomic.execution.effects import of_configuring
from autonomic.execution.fields import mapping, objects

_ITS_OWN = frozenset({"selector", "manualSelector", "suspend"})
"""What is of one Job alone, and not of what it runs."""
_CONTROLLERS = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
_NEVER = datetime.fromtimestamp(0, UTC)


class RetryAction(Ordinary):
    """Creates a Job from a failed one, under a name that says whose retry it is."""

    type: ClassVar[str] = "Retry"
    reversible: ClassVar[bool] = False
    deed: ClassVar[Deed] = "Create"

    def fix(self, permitted: PermittedAction, target: Target, mark: str) -> Action:
        """The next retry, once the pause is over, which doubles each time. Declines when there were enough."""
        assert permitted.retry is not None  # noqa: S101 - the union's type says so
        made = _retries(target)
        attempt = max((_attempt(each) for each in made), default=0) + 1
        if attempt > permitted.retry.limit:
            raise Declined(f"{target.ref} was retried {attempt - 1} times, limit is {permitted.retry.limit}")
        due = _failed_at([target.raw, *made]) + span(permitted.retry.backoff) * 2 ** (attempt - 1)
        if datetime.fromisoformat(mark) < due:
            raise Declined(f"{target.ref} is retried from {due:%H:%M:%S} UTC on")
        name = f"{target.ref.name[:54].rstrip('-.')}-retry-{attempt}"
        return Action(type="Retry", target_ref=pinned(target), retry=Retry(job=name, attempt=attempt))

    def objection(self, action: Action, target: Target) -> str | None:
        """Only a Job that failed, and every retry of it, in a namespace where an administrator allows it."""
        if group_kind(target) != ("batch", "Job"):
            return f"Retry acts on Jobs, not on {target.ref}"
        assert action.retry is not None  # noqa: S101 - the union's type says so
        if target.namespace_labels.get(RETRY_LABEL) != "true":
            return f"namespace {target.ref.namespace} is not labelled {RETRY_LABEL}=true"
        if not _has(target.raw, "Failed"):
            return f"{target.ref} has not failed"
        if not mapping(target.raw, "/spec/template"):
            return f"{target.ref} has no template"
        return _alive(target, action.retry.job)

    def changes(self, action: Action, target: Target) -> tuple[FieldChange, ...]:
        """None on the failed Job."""
        return ()

    def effects(self, action: Action, target: Target) -> frozenset[Effect]:
        """What the Job does, by its labels, it does again."""
        return of_configuring(target)

    def describe(self, action: Action, target: Target) -> str:
        """`run again as nightly-retry-1`."""
        return f"run again as {action.retry.job if action.retry else '?'}"

    def pending(self, action: Action, target: Target) -> str | None:
        """Until the new Job is there and has succeeded."""
        wanted = action.retry.job if action.retry else ""
        made = next((each for each in _retries(target) if _name(each) == wanted), None)
        if made is None:
            return f"Job {wanted} is not there"
        if _has(made, "Complete"):
            return None
        return f"Job {wanted} {'has failed' if _has(made, 'Failed') else 'has not finished yet'}"

    def manifest(self, action: Action, target: Target) -> dict[str, Any]:
        """The new Job, owned by the failed one, so that both go together."""
        assert action.retry is not None  # noqa: S101 - `objection` comes first
        meta = target.raw["metadata"]
        owner = {"apiVersion": "batch/v1", "kind": "Job", "name": meta["name"], "uid": meta["uid"]}
        spec = {name: value for name, value in target.raw["spec"].items() if name not in _ITS_OWN}
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": action.retry.job,
                "namespace": target.ref.namespace,
                "labels": _without_controllers(target.raw),
                "annotations": {RETRY_OF_ANNOTATION: meta["name"]},
                "ownerReferences": [owner],
            },
            "spec": {**spec, "template": _template(spec["template"])},
        }


def _template(template: Mapping[str, Any]) -> dict[str, Any]:
    return {**template, "metadata": {**mapping(template, "/metadata"), "labels": _without_controllers(template)}}


def _without_controllers(raw: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in mapping(raw, "/metadata/labels").items() if key not in _CONTROLLERS}


def _retries(target: Target) -> list[Mapping[str, Any]]:
    """The Jobs that run this life of the target again."""
    return [
        each
        for each in target.related
        if each.get("kind") == "Job"
        and RETRY_OF_ANNOTATION in mapping(each, "/metadata/annotations")
        and any(owner.get("uid") == target.uid for owner in objects(each, "/metadata/ownerReferences"))
    ]


def _alive(target: Target, ours: str) -> str | None:
    """A retry beside ours that did not fail."""
    others = (each for each in _retries(target) if _name(each) != ours)
    alive = next((each for each in others if not _has(each, "Failed")), None)
    if alive is None:
        return None
    return f"its retry {_name(alive)} {'has succeeded' if _has(alive, 'Complete') else 'is still running'}"


def _name(job: Mapping[str, Any]) -> str:
    return str(job["metadata"]["name"])


def _attempt(retry: Mapping[str, Any]) -> int:
    """Its number, by its name; older ones may be gone."""
    number = _name(retry).rpartition("-")[2]
    return int(number) if number.isascii() and number.isdecimal() else 1


def _has(job: Mapping[str, Any], condition: str) -> bool:
    known = objects(job, "/status/conditions")
    return any(each.get("type") == condition and each.get("status") == "True" for each in known)


def _failed_at(jobs: Iterable[Mapping[str, Any]]) -> datetime:
    """When the last of them failed."""
    said = (
        str(each["lastTransitionTime"])
        for job in jobs
        for each in objects(job, "/status/conditions")
        if each.get("type") == "Failed" and each.get("lastTransitionTime")
    )
    return max((moment for text in said if (moment := _moment(text))), default=_NEVER)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
