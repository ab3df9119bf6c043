"""What all stories share: one control plane with the chart, Prometheus, OPA, and an operator behind a fault proxy."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count

from testbed.api import Api
from testbed.cluster import Cluster, local_cluster
from testbed.faults.proxy import FaultProxy, before_apiserver
from testbed.installation import Installation, enforce, install
from testbed.opa import Opa, start_opa
from testbed.operator_process import start_operator
from testbed.people import ALICE
from testbed.process import Process
from testbed.prometheus import Prometheus, start_prometheus
from testbed.run import Run
from testbed.showcase import POLICIES
from testbed.waiting import until
from tests.contract.actions import kinds
from tests.faults.cases import ActionCase
from tests.faults.keeper import Keeper
from tests.faults.outlets import Outlets
from tests.faults.signals import Signals
from tests.faults.witness import PLANS, Witness

LEASE_SECONDS = 5
INTERVAL = "1s"
"""How often loops turn: a trouble is answered soon."""
ENVIRONMENT = {
    "AUTONOMIC_INGESTION_DELAY": "1ms",
    "AUTONOMIC_LEASE_SECONDS": str(LEASE_SECONDS),
    "AUTONOMIC_PLAN_EXPIRY": "10m",
}
# The matrix is nothing but trouble and failure: guards against these would stop it.
_UNGUARDED = {"storm": {"least": 10000}, "failures": {"count": 1000}}


@dataclass(frozen=True)
class Stage:
    """Everything at hand. `operator` and `alice` are the API server as these two see it, not through the proxy."""

    run: Run
    cluster: Cluster
    installation: Installation
    prometheus: Prometheus
    opa: Opa
    proxy: FaultProxy
    keeper: Keeper
    witness: Witness
    signals: Signals
    outlets: Outlets
    environment: Mapping[str, str]
    numbers: "count[int]"

    @property
    def root(self) -> Api:
        """Who sets stories up."""
        return self.cluster.api()

    @property
    def alice(self) -> Api:
        """Who approves."""
        return self.cluster.api(ALICE)

    def restarted(self, name: str, process: Process) -> None:
        """A program of the control plane runs anew."""
        assert self.cluster.control_plane is not None
        processes = {**self.cluster.control_plane.processes, name: process}
        object.__setattr__(self.cluster, "control_plane", replace(self.cluster.control_plane, processes=processes))

    def leads(self) -> bool:
        """Whether the operator turns, and has proven the policies."""
        loop = self.root.get("/apis/autonomic.maestro.dev/v1alpha1/controlloops/healing")
        known = loop.get("status", {}).get("conditions", [])
        return any(each["type"] == "Ready" and each["status"] == "True" for each in known)


@contextmanager
def stage(cases: Sequence[ActionCase]) -> Iterator[Stage]:
    """All that plans of these cases need, started; gone after the block."""
    with ExitStack() as stack:
        run = stack.enter_context(Run())
        cluster, prometheus, opa = local_cluster(run), start_prometheus(run), start_opa(run, POLICIES)
        targets = [target for case in cases for target in case.targets]
        if any(target.of_others for target in targets):
            kinds.install(cluster, run.data)
        installation = install(cluster)
        enforce(cluster, INTERVAL)
        for loop in ("healing", "reliability"):
            path = f"/apis/autonomic.maestro.dev/v1alpha1/controlloops/{loop}"
            cluster.api().patch(path, {"spec": {"guards": _UNGUARDED}})
        witness = Witness(cluster.api(), {PLANS, *(target.at for target in targets)})
        stack.callback(witness.close)
        signals = stack.enter_context(Signals(prometheus))
        outlets = stack.enter_context(Outlets(cluster.api()))
        called = any(target.deed == "Call" for target in targets)
        environment = {**ENVIRONMENT, **({"AUTONOMIC_OUTLETS_FILE": str(outlets.file(run.data))} if called else {})}
        proxy = stack.enter_context(before_apiserver(cluster))
        keeper = kept(run, cluster, prometheus, opa, proxy, environment)
        stack.callback(keeper.close)
        made = Stage(
            run, cluster, installation, prometheus, opa, proxy, keeper, witness, signals, outlets, environment, count(1)
        )
        until(made.leads, 60, f"the operator to lead; log: {keeper.operator.log}")
        yield made


def kept(
    run: Run,
    cluster: Cluster,
    prometheus: Prometheus,
    opa: Opa,
    proxy: FaultProxy,
    environment: Mapping[str, str],
    replica: int = 0,
) -> Keeper:
    """An operator with a token of its ServiceAccount, which reaches the API server through the proxy."""
    token = cluster.service_account_token("autonomic-system", "autonomic")
    known = {**environment, "KUBECONFIG": str(proxy.kubeconfig(cluster, token))}
    return Keeper(start_operator(run, cluster, prometheus.url, opa.url, replica, known))
