"""The cluster: read objects, and write them with preconditions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autonomic.domain.meta import ObjectRef

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the admission policies refused what they must refuse. `message` says what was tried and seen."""

    in_force: bool
    message: str


class Cluster(Protocol):
    """A Kubernetes API. Every method may raise Unavailable; writes raise LeadershipLost when the Lease is gone."""

    async def get(self, ref: ObjectRef) -> Manifest:
        """The object, read from quorum. Raises NotFound, Forbidden."""
        ...

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """All objects of a kind, read in chunks. Raises NotFound when the kind does not exist, Forbidden."""
        ...

    async def create(self, manifest: Manifest) -> Manifest:
        """The created object. Raises AlreadyExists, Forbidden, Invalid, NotFound where the namespace is missing."""
        ...

    async def patch(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """The object after a merge patch. `metadata.uid` and `metadata.resourceVersion` in the body are preconditions.

        Raises Conflict when a precondition fails, NotFound, Forbidden, Invalid.
        """
        ...

    async def patch_json(self, ref: ObjectRef, operations: Sequence[Mapping[str, Any]]) -> Manifest:
        """The object after a JSON Patch (RFC 6902); replacing `/metadata/resourceVersion` makes it a precondition.

        Raises Conflict when the version is another one, Invalid when a test fails, NotFound, Forbidden.
        """
        ...

    async def patch_status(self, ref: ObjectRef, body: Mapping[str, Any]) -> Manifest:
        """Like `patch`, of the status subresource; the body is `metadata.resourceVersion` and `status`.

        The server ignores a UID there, so the version is demanded: without it this raises Invalid.
        """
        ...

    async def delete(self, ref: ObjectRef, uid: str) -> None:
        """Deletes that life of the object. Raises NotFound, Conflict when the UID is another, Forbidden."""
        ...


class Admission(Protocol):
    """The admission policies that hold even when we are wrong."""

    async def prove(self) -> Proof:
        """Tries, as a dry run, what must be refused. Never raises: no proof is no force."""
        ...
