"""The head of the journal in the cluster: an annotation of the operator's Lease, renewed with it, at no write of its own."""

import contextlib

from autonomic.domain.audit.record import Head
from autonomic.domain.errors import NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import GROUP
from autonomic.ports.cluster import Cluster

HEAD_ANNOTATION = f"{GROUP}/journal-head"
"""The newest record's number and hash, as SEQ:sha256:HEX."""


async def head_of(cluster: Cluster, lease: ObjectRef) -> Head | None:
    """The head that the Lease bears; None where it bears none that can be read. Raises Unavailable, Forbidden."""
    with contextlib.suppress(NotFound, ValueError):
        annotations = (await cluster.get(lease))["metadata"].get("annotations") or {}
        return Head.parse(annotations[HEAD_ANNOTATION]) if HEAD_ANNOTATION in annotations else None
    return None
