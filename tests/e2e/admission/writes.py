"""The operator's writes to targets, stamped as a leader stamps them. Dry runs, unless they shall stay."""

from typing import Any

from testbed.installation import Installation
from testbed.people import ADMIN
from tests.e2e.admission.proposals import GROUP

REDLINES = f"/apis/{GROUP}/v1alpha1/redlines"


def stamped(installed: Installation, body: dict[str, Any], **stamps: str) -> dict[str, Any]:
    """The patch with the epoch that a leader stamps on its writes, and further stamps, such as `op_id`."""
    meta = dict(body.get("metadata", {}))
    ours = {"epoch": str(installed.lead()), **stamps}
    noted = {f"{GROUP}/{key.replace('_', '-')}": value for key, value in ours.items()}
    meta["annotations"] = {**noted, **meta.get("annotations", {})}
    return {**body, "metadata": meta}


def write(
    installed: Installation, path: str, body: dict[str, Any], dry: bool = True, params: dict[str, str] | None = None,
    **stamps: str,
) -> dict[str, Any]:  # fmt: skip
    """The operator's merge patch; the object as it would be, or is."""
    query = {**({"dryRun": "All"} if dry else {}), **(params or {})}
    return installed.operator.patch(path, stamped(installed, body, **stamps), **query)


def edit(installed: Installation, path: str, operations: list[dict[str, Any]], dry: bool = True) -> dict[str, Any]:
    """The operator's JSON Patch, stamped."""
    epoch = {
        "op": "add",
        "path": f"/metadata/annotations/{GROUP.replace('/', '~1')}~1epoch",
        "value": str(installed.lead()),
    }
    query = {"dryRun": "All"} if dry else {}
    return installed.operator.patch(path, [*operations, epoch], "json-patch", **query)


def own(installed: Installation, path: str, body: Any, kind: str = "merge-patch") -> dict[str, Any]:
    """What the object's owner changes."""
    return installed.cluster.api(ADMIN).patch(path, body, kind)
