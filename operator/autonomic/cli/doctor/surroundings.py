"""What the operator would meet, each thing opened by itself: a fault of one never hides the others."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from autonomic.adapters.clock import SystemClock
from autonomic.adapters.kubernetes.connection import Connection, usual
from autonomic.adapters.kubernetes.inspection import KubernetesInspection
from autonomic.adapters.opa import OpaPolicyEngine, OpaProgram
from autonomic.adapters.outlets.configured import ConfiguredOutlets
from autonomic.adapters.plugins.discovery import discover_all, look_in
from autonomic.adapters.plugins.plugging import OWN, untold
from autonomic.adapters.prometheus import PrometheusServers
from autonomic.adapters.telemetry.page import read_page
from autonomic.adapters.telemetry.plugins import standings
from autonomic.cli.plugged import aside
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.resource import Resource
from autonomic.domain.units import seconds
from autonomic.governance.owners_syntax import allowed
from autonomic.ports.clock import Clock
from autonomic.ports.cluster import Manifest, Proof
from autonomic.ports.metrics import Metrics
from autonomic.ports.plugins import PluginStanding
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

    async def loops(self) -> tuple[ControlLoopResource, ...]:
        """Every ControlLoop."""
        ...

    async def page(self) -> str:
        """The metrics of the operator that acts."""
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
    plugins: Callable[[Settings], Awaitable[tuple[PluginStanding, ...]]]
    """Those that are installed here."""
    running: Callable[[Settings], Awaitable[tuple[PluginStanding, ...]]]
    """Those of the operator that runs: of the replica in this pod, else of the one that acts."""
    clock: Clock


@asynccontextmanager
async def _cluster(settings: Settings) -> AsyncIterator[Inspection]:
    async with aclosing(await Connection.open(usual(settings.kubeconfig))) as connection:
        yield KubernetesInspection(connection, settings.namespace)


def _metrics(settings: Settings) -> AbstractAsyncContextManager[Metrics]:
    return aclosing(PrometheusServers(settings.metrics_servers))


def _policy(settings: Settings) -> AbstractAsyncContextManager[PolicyEngine]:
    return aclosing(OpaPolicyEngine(settings.opa_url, seconds(settings.opa_timeout)))


def _checker(settings: Settings) -> PolicyChecker:
    return OpaProgram(settings.opa_program, settings.policy_schema, allowed)


def _outlets(settings: Settings) -> ConfiguredOutlets:
    return ConfiguredOutlets(settings.outlets, SystemClock())


async def _plugins(settings: Settings) -> tuple[PluginStanding, ...]:
    if settings.plugins_folder:
        look_in(settings.plugins_folder)
    channels = (each.name for each in settings.outlets)
    with aside():
        found = await discover_all(OWN, channels, SystemClock(), untold)
    return found.standings


async def _running(settings: Settings) -> tuple[PluginStanding, ...]:
    if settings.pod_name:
        return standings(await read_page(settings.http_port, tls=settings.certificate is not None))
    async with _cluster(settings) as cluster:
        return standings(await cluster.page())


REAL = Surroundings(_cluster, _metrics, _policy, _checker, _outlets, _plugins, _running, SystemClock())
"""The peers that the settings name."""
