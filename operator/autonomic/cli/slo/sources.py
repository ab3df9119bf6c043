"""Where `autonomic slo show` takes contracts and figures from."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass

from pydantic import ValidationError

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection, usual
from autonomic.adapters.prometheus import PrometheusServers
from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Forbidden, Invalid
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION
from autonomic.openslo.refusals import sentence
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Cluster, Manifest
from autonomic.ports.metrics import Metrics
from autonomic.settings import Settings


@dataclass(frozen=True)
class Sources:
    """How the cluster and Prometheus are reached. Opening, too, may raise an AutonomicError."""

    cluster: Callable[[Settings], AbstractAsyncContextManager[Cluster]]
    metrics: Callable[[Settings], AbstractAsyncContextManager[Metrics]]
    clock: Clock


async def from_cluster(cluster: Cluster, namespace: str, name: str) -> dict[str, SLAContract]:
    """The contract by its key; with composites, all contracts of its namespace. Raises NotFound and what a cluster raises."""
    kind = SLAContract.names.kind
    ref = ObjectRef(api_version=API_VERSION, kind=kind, name=name, namespace=namespace)
    found = _read(await cluster.get(ref))
    if not any(each.indicator.composite for each in found.spec.objectives):
        return {found.key: found}
    raws = await cluster.list(API_VERSION, kind, namespace)
    others = (_read(raw) for raw in raws if raw["metadata"]["name"] != name)
    return {found.key: found} | {each.key: each for each in others}


def _read(raw: Manifest) -> SLAContract:
    try:
        return SLAContract.read(raw)
    except ValidationError as error:
        raise Invalid(f"SLAContract {raw['metadata']['name']} in the cluster: {sentence(error)}") from error


def _never() -> None:
    raise Forbidden("autonomic slo show writes nothing")


@asynccontextmanager
async def _cluster(settings: Settings) -> AsyncIterator[Cluster]:
    async with aclosing(await Connection.open(usual(settings.kubeconfig))) as connection:
        yield KubernetesCluster(connection, _never)


def _metrics(settings: Settings) -> AbstractAsyncContextManager[Metrics]:
    return aclosing(PrometheusServers(settings.metrics_servers))


REAL = Sources(_cluster, _metrics, SystemClock())
"""Those that the settings name."""
