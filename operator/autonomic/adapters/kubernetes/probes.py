"""What the chart's admission policies must refuse: one probe for each policy that the operator relies on."""

from typing import Any

from autonomic.adapters.kubernetes.admission import Probe
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import EPOCH_ANNOTATION, GROUP

RELEASE = "autonomic"
PROBE_ANNOTATION = f"{GROUP}/probe"
"""Never stored: in the operator's own namespace a policy refuses the write that bears its name here."""

_NO_EPOCH = "-1"


def chart_probes(namespace: str) -> tuple[Probe, ...]:
    """The probes for an operator in that namespace. The fence is in force once the Lease exists: prove as leader."""
    own = ObjectRef(api_version="apps/v1", kind="Deployment", name=RELEASE, namespace=namespace)
    return (
        Probe("pause its own Deployment", own, {"spec": {"paused": True}}, "autonomic-allow-list"),
        Probe("write against every RedLine", own, _annotated(PROBE_ANNOTATION, "redlines"), "autonomic-redlines"),
        Probe("write against the guard on plans", own, _annotated(PROBE_ANNOTATION, "plans"), "autonomic-plans"),
        Probe("write in an epoch that never was", own, _annotated(EPOCH_ANNOTATION, _NO_EPOCH), "autonomic-fence"),
    )


def _annotated(name: str, value: str) -> dict[str, Any]:
    return {"metadata": {"annotations": {name: value}}}
