"""The effects that RedLines forbid, as they can be told from a target: by its labels and by what its pods may do."""

from collections.abc import Mapping
from typing import Any

from autonomic.domain.redlines import Effect
from autonomic.domain.targets import Target
from autonomic.domain.words import ACCESS_CONTROL_LABEL, HOLDS_DATA_LABEL, SECURITY_SCANNER_LABEL
from autonomic.execution.fields import mapping, objects, read

NONE: frozenset[Effect] = frozenset()
_OPEN = frozenset({"Unconfined", "Unmasked"})


def of_stopping(target: Target) -> frozenset[Effect]:
    """Of stopping or cutting off the target, or what it scales."""
    stopped = (target.raw, *_scaled(target))
    return (
        frozenset({"DisableSecurityScanners"}) if any(_is(each, SECURITY_SCANNER_LABEL) for each in stopped) else NONE
    )


def of_configuring(target: Target) -> frozenset[Effect]:
    """Of changing what the target is told: a scanner may be told to look away, a role list to let everyone in."""
    found: set[Effect] = set(of_stopping(target))
    if _is(target.raw, HOLDS_DATA_LABEL):
        found.add("DeleteProductionData")
    if _is(target.raw, ACCESS_CONTROL_LABEL):
        found.add("GrantAdminAccess")
    return frozenset(found)


def of_fewer_replicas(target: Target) -> frozenset[Effect]:
    """Of scaling down: where the owner's claim policy says so, the volumes of the pods that go are deleted with them."""
    policy = "/spec/persistentVolumeClaimRetentionPolicy/whenScaled"
    deleted = any(read(each, policy) == "Delete" for each in (target.raw, *_scaled(target)))
    return frozenset({"DeleteProductionData"}) if deleted else NONE


def of_template(before: Mapping[str, Any], after: Mapping[str, Any]) -> frozenset[Effect]:
    """Of another pod template: whether its pods could do what the present ones can't."""
    return frozenset({"GrantAdminAccess"}) if _powers(after) - _powers(before) else NONE


def _scaled(target: Target) -> list[Mapping[str, Any]]:
    """The workload that an autoscaler scales."""
    return [each for each in target.related if each.get("kind") in ("Deployment", "StatefulSet")]


def _is(raw: Mapping[str, Any], label: str) -> bool:
    return mapping(raw, "/metadata/labels").get(label) == "true"


def _powers(template: Mapping[str, Any]) -> set[str]:
    """What lifts a pod above others: another account, the host's name spaces and files, privileges, capabilities."""
    spec = mapping(template, "/spec")
    found = {f"account {spec.get('serviceAccountName') or spec.get('serviceAccount') or 'default'}"}
    found |= {name for name in ("hostPID", "hostNetwork", "hostIPC", "shareProcessNamespace") if spec.get(name)}
    found |= {f"host path {read(each, '/hostPath/path')}" for each in objects(spec, "/volumes") if each.get("hostPath")}
    if spec.get("automountServiceAccountToken") is not False:
        found.add("account token")
    pod = mapping(spec, "/securityContext")
    for each in [*objects(spec, "/containers"), *objects(spec, "/initContainers")]:
        found |= _powers_within({**pod, **mapping(each, "/securityContext")})
        found |= {f"host port {port['hostPort']}" for port in objects(each, "/ports") if port.get("hostPort")}
    return found


def _powers_within(security: Mapping[str, Any]) -> set[str]:
    """Of one container; what it does not say, the pod's context says, or the server's default."""
    found = {"privileged"} if security.get("privileged") else set()
    if security.get("allowPrivilegeEscalation") is not False:
        found.add("escalation")
    if not security.get("runAsNonRoot") and not security.get("runAsUser"):
        found.add("root")
    if _OPEN & {str(security.get("procMount")), str(read(security, "/seccompProfile/type"))}:
        found.add("unconfined")
    if read(security, "/windowsOptions/hostProcess"):
        found.add("host process")
    capabilities = mapping(security, "/capabilities")
    if "ALL" not in _names(capabilities.get("drop")):
        found.add("default capabilities")
    return found | {f"capability {name}" for name in _names(capabilities.get("add"))}


def _names(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
