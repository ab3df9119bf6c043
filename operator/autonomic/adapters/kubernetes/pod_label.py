"""The label that says which replica leads, so that a Service can select it."""

from autonomic.domain.errors import AutonomicError
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import GROUP
from autonomic.ports.cluster import Cluster

LEADER_LABEL = f"{GROUP}/leader"


class LeaderLabel:
    """`autonomic.maestro.dev/leader: "true"` on our own pod.

    `cluster` must not be gated by the Lease: the label goes after leadership did. Take it off at start too: a container
    that is restarted inherits the labels of its pod.
    """

    def __init__(self, cluster: Cluster, pod: ObjectRef) -> None:
        self._cluster = cluster
        self._pod = pod

    async def put(self) -> bool:
        """Marks the pod; False when the cluster did not take it, which costs a Service its endpoint and no more."""
        return await self._write("true")

    async def remove(self) -> bool:
        """Takes the mark off; False when the cluster did not take it."""
        return await self._write(None)

    async def _write(self, value: str | None) -> bool:
        try:
            await self._cluster.patch(self._pod, {"metadata": {"labels": {LEADER_LABEL: value}}})
        except AutonomicError:
            return False
        return True
