"""The cluster port over the API server."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autonomic.adapters.kubernetes.connection import JSON_PATCH, MERGE_PATCH, Body, Connection
from autonomic.adapters.kubernetes.paths import collection_path, home_path, object_path
from autonomic.adapters.kubernetes.refusals import denying_policy
from autonomic.domain.errors import Forbidden, Invalid, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.ports.cluster import Cluster, Manifest

CHUNK = 500
FIELD_MANAGER = "autonomic"
WRITE = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
FENCE = "autonomic-fence"
"""The policy that refuses the writes of a leader that was replaced."""


class KubernetesCluster(Cluster):
    """Objects of the API server. `may_write` is asked right before each write and raises LeadershipLost."""

    def __init__(self, connection: Connection, may_write: Callable[[], None]) -> None:
        self._connection = connection
        self._may_write = may_write

    async def get(self, ref: ObjectRef) -> Manifest:
        """The object, read from quorum: without a resourceVersion the server never answers from a stale cache."""
        return await self._connection.request("GET", object_path(ref), f"read {ref}")

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind, in chunks. The server leaves kind and version out of items; here they have them."""
        path = collection_path(api_version, kind, namespace)
        found: list[Manifest] = []
        params = {"limit": str(CHUNK)}
        while True:
            page = await self._connection.request("GET", path, f"list {kind} of {api_version}", params=params)
            found.extend({"apiVersion": api_version, "kind": kind, **item} for item in page.get("items") or ())
            following = (page.get("metadata") or {}).get("continue")
            if not following:
                return found
            params["continue"] = following

    async def create(self, manifest: Manifest) -> Manifest:
        """The created object."""
        ref = ObjectRef.of(manifest)
        path = home_path(ref.api_version, ref.kind, ref.name, ref.namespace)
        self._may_write()
        return await self._connection.request("POST", path, f"create {ref}", params=WRITE, body=manifest)

    async def patch(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The object after a merge patch."""
        return await self._patch(object_path(ref), body, f"patch {ref}")

    async def patch_json(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Manifest:
        """The object after a JSON Patch."""
        return await self._patch(object_path(ref), operations, f"patch {ref}", JSON_PATCH)

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The object after a merge patch of its status. The server drops metadata changes here, annotations too.

        It drops `metadata.uid` as well, unchecked (tried), so that a UID needs a resourceVersion beside it: no two lives
        of an object share one. Raises Invalid for a UID alone.
        """
        meta = body.get("metadata") or {}
        if "uid" in meta and "resourceVersion" not in meta:
            raise Invalid(
                f"could not patch the status of {ref}: metadata.uid is no precondition without resourceVersion"
            )
        return await self._patch(f"{object_path(ref)}/status", body, f"patch the status of {ref}")

    async def delete(self, ref: ObjectRef, uid: str) -> None:
        """Deletes that life of the object; what it owns is collected in the background."""
        path = object_path(ref)
        body = {"preconditions": {"uid": uid}, "propagationPolicy": "Background"}
        self._may_write()
        await self._connection.request("DELETE", path, f"delete {ref}", body=body)

    async def _patch(self, path: str, body: Body, attempted: str, content_type: str = MERGE_PATCH) -> Manifest:
        self._may_write()
        try:
            return await self._connection.request(
                "PATCH", path, attempted, params=WRITE, body=body, content_type=content_type
            )
        except Forbidden as refused:
            if denying_policy(refused) != FENCE:
                raise
            # Admission sees a new leader's Lease a moment late. A leader that was replaced is told so by `may_write`.
            raise Unavailable(str(refused)) from refused
