"""A plan as the operator makes it, and what people and the operator do with it over plain HTTP."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from testbed.api import Api
from testbed.cluster import Cluster
from testbed.installation import Installation
from testbed.people import Person

GROUP = "autonomic.maestro.dev"


def plans_path(namespace: str) -> str:
    """Where the plans of a namespace are."""
    return f"/apis/{GROUP}/v1alpha1/namespaces/{namespace}/adaptationplans"


def plan_document(expires_in: timedelta = timedelta(hours=1), name: str = "") -> dict[str, Any]:
    """A valid plan that scales a Deployment; admission does not look at what it does."""
    now = datetime.now(UTC)
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": "a-uid"}
    slo = {"contract": "web", "objective": "success"}
    return {
        "apiVersion": f"{GROUP}/v1alpha1",
        "kind": "AdaptationPlan",
        "metadata": {"name": name or f"plan-{secrets.token_hex(4)}"},
        "spec": {
            "controlLoop": "reliability",
            "trigger": {"type": "SLOAlert", "sloAlert": {**slo, "level": "Breach", "since": _wire(now)}},
            "actions": [{"type": "Scale", "targetRef": target, "scale": {"replicas": 4}}],
            "justification": "too few workers",
            "evidence": {"summary": "burning"},
            "verification": {
                "type": "SLO",
                "settle": "1m",
                "within": "10m",
                "slo": {**slo, "window": "5m", "burnBelow": "1"},
            },
            "requiresPerson": True,
            "expiresAt": _wire(now + expires_in),
            "policyRevision": "",
            "nonce": secrets.token_hex(16),
            "digest": f"sha256:{secrets.token_hex(32)}",
        },
    }


def times_to_come(count: int = 10, manager: str = "me") -> list[dict[str, Any]]:
    """Forged managedFields of a plan whose writes are yet to come, each of a field of its own; the server keeps ten."""
    fields = list(plan_document()["spec"])[:count]
    return [
        {
            "manager": f"{manager}-{number}",
            "operation": "Update",
            "apiVersion": f"{GROUP}/v1alpha1",
            "time": "2100-01-01T00:00:00Z",
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:spec": {f"f:{field}": {}}},
        }
        for number, field in enumerate(fields)
    ]


def _wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Proposal:
    """A plan that the operator made."""

    installation: Installation
    namespace: str
    name: str
    digest: str
    expires_at: datetime

    @property
    def path(self) -> str:
        """Its path on the API server."""
        return f"{plans_path(self.namespace)}/{self.name}"

    @property
    def cluster(self) -> Cluster:
        """The cluster that it is in."""
        return self.installation.cluster

    def review(self, decision: str = "Approved", **fields: str) -> dict[str, str]:
        """A review of this plan; `fields` replaces or adds fields."""
        return {"decision": decision, "digest": self.digest, **fields}

    def read(self) -> dict[str, Any]:
        """The plan as it is now."""
        return self.installation.operator.get(self.path)

    def reviews(self) -> list[dict[str, str]]:
        """Its reviews as they are now."""
        found: list[dict[str, str]] = self.read()["spec"]["reviews"]
        return found

    def patch(self, person: Person | Api, body: Any, kind: str = "merge-patch", **params: str) -> dict[str, Any]:
        """A patch of the plan by somebody."""
        api = person if isinstance(person, Api) else self.cluster.api(person)
        return api.patch(self.path, body, kind, **params)

    def add(self, person: Person | Api, decision: str = "Approved", **fields: str) -> dict[str, Any]:
        """A review added at the end by somebody, as a JSON patch."""
        return self.patch(
            person, [{"op": "add", "path": "/spec/reviews/-", "value": self.review(decision, **fields)}], "json-patch"
        )

    def becomes(self, phase: str, finished: bool = False) -> None:
        """The operator says how far the plan has come."""
        status: dict[str, Any] = {"phase": phase}
        if finished:
            condition = {
                "type": "Finished",
                "status": "True",
                "reason": phase,
                "lastTransitionTime": _wire(datetime.now(UTC)),
            }
            status["conditions"] = [condition]
        self.installation.operator.patch(f"{self.path}/status", {"status": status})


def propose(
    installation: Installation, namespace: str, expires_in: timedelta = timedelta(hours=1), **metadata: Any
) -> Proposal:
    """The operator makes a plan in that namespace."""
    document = plan_document(expires_in)
    document["metadata"] |= metadata
    made = installation.operator.post(plans_path(namespace), document)
    spec = made["spec"]
    return Proposal(
        installation, namespace, made["metadata"]["name"], spec["digest"], datetime.fromisoformat(spec["expiresAt"])
    )
