"""One incident from its first signal to its end: what was changed, how soon, and by which plan."""

import json
import secrets
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import yaml

from autonomic.domain.words import RETRY_LABEL
from testbed.api import ApiError
from testbed.cluster import CommandFailedError
from testbed.people import ADMIN, ALICE
from testbed.waiting import WaitedTooLongError, until
from testbed.world import FINAL, Manifest, phase
from tests.playbooks.incident import Incident
from tests.playbooks.places import FAILED
from tests.playbooks.trouble import Trouble
from tests.playbooks.ward import Ward

SECONDS = 90.0
AT_ONCE = 6
API = "/apis/autonomic.maestro.dev/v1alpha1"


@dataclass(frozen=True)
class Row:
    """How an incident ended. `seconds` from the first signal to the effect that lasts; `plans` tell it, oldest first."""

    playbook: str
    healed: bool
    seconds: float
    effects: tuple[object, ...]
    plans: tuple[str, ...]
    why: str = ""

    def wire(self) -> dict[str, object]:
        """As a JSON line."""
        return {
            "playbook": self.playbook,
            "healed": self.healed,
            "seconds": round(self.seconds, 2),
            "effects": list(self.effects),
            "plans": list(self.plans),
            **({"why": self.why} if self.why else {}),
        }


def heal_all(ward: Ward, incidents: Iterable[Incident]) -> list[Row]:
    """Several at a time, each in a namespace of its own."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda each: heal(ward, each), incidents))


def heal(ward: Ward, incident: Incident) -> Row:
    """Lets it happen, and says how it ended."""
    namespace = f"incident-{secrets.token_hex(3)}"
    _furnish(ward, incident, namespace)
    started = time.monotonic()
    effects, took, why = [_value(ward, incident, namespace)], 0.0, ""
    try:
        with Trouble(ward, namespace, incident.trouble) as trouble:
            until(lambda: _changed(ward, incident, namespace), SECONDS, f"{incident.playbook} to act")
            took = time.monotonic() - started
            effects.append(_value(ward, incident, namespace))
            trouble.end()
            until(lambda: _over(plans_in(ward, namespace)), SECONDS, f"the plans of {incident.playbook} to end")
        effects.append(_value(ward, incident, namespace))
    except WaitedTooLongError as problem:
        why = f"{problem}; {trouble.problem or _status(ward, incident, namespace)}"
    plans = plans_in(ward, namespace)
    phases = [phase(each) for each in plans]
    wanted = [*["Failed"] * (incident.attempts - 1), "Succeeded"]
    healed = not why and effects == [incident.before, incident.after, incident.after] and phases == wanted
    return Row(incident.playbook, healed, took, tuple(effects), tuple(_told(each) for each in plans), why)


def _furnish(ward: Ward, incident: Incident, namespace: str) -> None:
    """Everything as it was before the trouble; the playbook last."""
    cluster = ward.cluster
    cluster.create_namespace(namespace)
    cluster.kubectl("label", "namespace", namespace, f"{RETRY_LABEL}=true", as_=ADMIN)
    for stage in (incident.objects, incident.prepare):
        for each in stage:
            cluster.kubectl("apply", "-n", namespace, "-f", "-", input=yaml.safe_dump(each))
            if each["kind"] == "Deployment":
                cluster.kubectl(
                    "rollout", "status", f"deployment/{each['metadata']['name']}", "-n", namespace, "--timeout=60s"
                )
            if each["kind"] == "Job":
                path = f"/apis/batch/v1/namespaces/{namespace}/jobs/{each['metadata']['name']}/status"
                cluster.api().patch(path, {"status": FAILED})
    cluster.kubectl("apply", "-f", "-", input=yaml.safe_dump(incident.manifest(namespace)))


def _changed(ward: Ward, incident: Incident, namespace: str) -> bool:
    approve_all(ward, namespace)
    return _value(ward, incident, namespace) != incident.before


def approve_all(ward: Ward, namespace: str) -> None:
    """A reviewer says yes, where the policies ask for one."""
    for plan in plans_in(ward, namespace):
        if phase(plan) == "AwaitingApproval" and not plan["spec"].get("reviews"):
            _approve(ward, plan)


def _approve(ward: Ward, plan: Manifest) -> None:
    meta = plan["metadata"]
    entry = {"decision": "Approved", "digest": plan["spec"]["digest"], "message": "go on"}
    patch = json.dumps({"spec": {"reviews": [entry]}})
    ward.cluster.kubectl(
        "patch", "adaptationplan", meta["name"], "-n", meta["namespace"], "--type=merge", "-p", patch, as_=ALICE
    )


def _value(ward: Ward, incident: Incident, namespace: str) -> object:
    try:
        shown = ward.cluster.kubectl("get", incident.kind, incident.name, "-n", namespace, "-o", "json")
    except CommandFailedError:
        return incident.read({})
    return incident.read(json.loads(shown))


def plans_in(ward: Ward, namespace: str) -> list[Manifest]:
    """The plans of a namespace, oldest first."""
    try:
        found: list[Manifest] = ward.cluster.api().get(f"{API}/namespaces/{namespace}/adaptationplans")["items"]
    except ApiError:
        return []
    return sorted(found, key=lambda each: (each["metadata"]["creationTimestamp"], int(each["metadata"]["generation"])))


def _over(plans: list[Manifest]) -> bool:
    return bool(plans) and all(phase(each) in FINAL for each in plans)


def _told(plan: Manifest) -> str:
    status = plan.get("status", {})
    end = next((each["message"] for each in status.get("conditions", []) if each["type"] == "Finished"), "")
    return f"{phase(plan)}: {status.get('action', '')}: {plan['spec']['justification']} {end}"


def _status(ward: Ward, incident: Incident, namespace: str) -> str:
    path = f"{API}/namespaces/{namespace}/selfhealingplaybooks/{incident.playbook}"
    return json.dumps(ward.cluster.api().get(path).get("status", {}))
