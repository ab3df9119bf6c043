"""What the chart's admission policies must refuse: one probe for each policy that the operator relies on."""

from typing import Any

from autonomic.adapters.kubernetes.admission import Probe, Reading
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, GROUP

RELEASE = "autonomic"
PROBE_ANNOTATION = f"{GROUP}/probe"
"""Never stored: in the operator's own namespace a policy refuses the write that bears its name here."""

READ = ("redlines", "fence", "autoscaled-hpa", "retries", "govern", "editors", "crds", "routes")
"""Policies whose binding is read as well: what they hold, no dry run of the operator's meets everywhere, or at all."""
KEDA = Reading("autonomic-autoscaled-scaledobject", where=("keda.sh/v1alpha1", "ScaledObject"))
"""The chart makes it where KEDA is."""

_LOOP = ObjectRef(api_version=API_VERSION, kind="ControlLoop", name="reliability")
"""An object of the chart that is in no namespace: policies that hold in opted-in namespaces alone meet it, too."""
_BEGINNING = "1970-01-01T00:00:00Z"


def chart_probes(namespace: str) -> tuple[Probe | Reading, ...]:
    """The probes for an operator in that namespace. The fence is in force once the Lease exists: prove as leader."""
    own = ObjectRef(api_version="apps/v1", kind="Deployment", name=RELEASE, namespace=namespace)
    return (
        Probe("pause its own Deployment", own, {"spec": {"paused": True}}, "autonomic-allow-list"),
        Probe("write against every RedLine", _LOOP, _condition("RedLines"), "autonomic-redlines", "/status"),
        Probe("write against the guard on plans", own, _annotated(PROBE_ANNOTATION, "plans"), "autonomic-plans"),
        Probe("write in an epoch that never was", _LOOP, _condition("Fence"), "autonomic-fence", "/status"),
        *(Reading(f"autonomic-{policy}") for policy in READ),
        KEDA,
    )


def _annotated(name: str, value: str) -> dict[str, Any]:
    return {"metadata": {"annotations": {name: value}}}


def _condition(reason: str) -> dict[str, Any]:
    probe = {"type": "Probe", "status": "True", "reason": reason, "lastTransitionTime": _BEGINNING}
    return {"status": {"conditions": [probe]}}
