"""What the operator would meet, each thing opened by itself: a fault of one never hides the others."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.inspection import KubernetesInspection
from autonomic.adapters.opa import OpaPolicyEngine, OpaProgram
from autonomic.adapters.outlets.configured import ConfiguredOutlets
from autonomic.adapters.prometheus import PrometheusServers
from autonomic.domain.resource import Resource
from autonomic.domain.units import seconds
from autonomic.governance.owners_syntax import allowed
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Manifest, Proof
from autonomic.ports.metrics import Metrics
from autonomic.ports.policy import PolicyChecker, PolicyEngine
from autonomic.settings import Settings


class Inspection(Protocol):
    """What is asked of a cluster; see `adapters/kubernetes/inspection.py`. Every method may raise an AutonomicError."""

    async def version(self) -> str:
        """The server's version, such as v1.36.3."""
        ...

    async def who_am_i(self) -> tuple[str, datetime]:
        """The name that the cluster knows us by, and its time, cut to the second."""
        ...

    async def may_i(self, attributes: Mapping[str, str]) -> bool:
        """Whether we may do that; `attributes` are those of a SelfSubjectAccessReview."""
        ...

    async def serves(self, api_version: str, kind: str) -> bool:
        """Whether the cluster has that kind."""
        ...

    async def definition(self, kind: type[Resource]) -> Manifest | None:
        """The CustomResourceDefinition of a kind; None when there is none."""
        ...

    async def names(self, kind: type[Resource]) -> tuple[str, ...]:
        """The names of all objects of a kind."""
        ...

    async def config_maps(self) -> tuple[Manifest, ...]:
        """The ConfigMaps in the operator's own namespace."""
        ...

    async def prove(self) -> Proof:
        """Whether the admission policies refuse what they must."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """How each peer is reached. Opening, too, may raise an AutonomicError."""

    cluster: Callable[[Settings], AbstractAsyncContextManager[Inspection]]
    metrics: Callable[[Settings], AbstractAsyncContextManager[Metrics]]
    policy: Callable[[Settings], AbstractAsyncContextManager[PolicyEngine]]
    checker: Callable[[Settings], PolicyChecker]
    outlets: Callable[[Settings], ConfiguredOutlets]
    clock: Clock


@asynccontextmanager
async def _cluster(settings: Settings) -> AsyncIterator[Inspection]:
    async with aclosing(await Connection.open(settings.kubeconfig)) as connection:
        yield KubernetesInspection(connection, settings.namespace)


def _metrics(settings: Settings) -> AbstractAsyncContextManager[Metrics]:
    return aclosing(PrometheusServers(settings.metrics_servers))


def _policy(settings: Settings) -> AbstractAsyncContextManager[PolicyEngine]:
    return aclosing(OpaPolicyEngine(settings.opa_url, seconds(settings.opa_timeout)))


def _checker(settings: Settings) -> PolicyChecker:
    return OpaProgram(settings.opa_program, settings.policy_schema, allowed)


def _outlets(settings: Settings) -> ConfiguredOutlets:
    return ConfiguredOutlets(settings.outlets, SystemClock())


REAL = Surroundings(_cluster, _metrics, _policy, _checker, _outlets, SystemClock())
"""The peers that the settings name."""
