"""What all incidents share: a control plane with the chart, Prometheus, OPA, outlets, and an operator that signals reach."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from testbed.cluster import Cluster, local_cluster
from testbed.installation import enforce, install
from testbed.opa import start_opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.prometheus import start_prometheus
from testbed.run import Run
from testbed.showcase import POLICIES
from testbed.waiting import until
from tests.contract.actions import kinds
from tests.faults.outlets import Outlets


@dataclass(frozen=True)
class Ward:
    """Everything at hand."""

    cluster: Cluster
    operator: OperatorProcess

    def leads(self) -> bool:
        """Whether the operator turns, and has proven the policies."""
        loop = self.cluster.api().get("/apis/autonomic.maestro.dev/v1alpha1/controlloops/healing")
        known = loop.get("status", {}).get("conditions", [])
        return any(each["type"] == "Ready" and each["status"] == "True" for each in known)


@contextmanager
def ward() -> Iterator[Ward]:
    """All of it, started; gone after the block."""
    with ExitStack() as stack:
        run = stack.enter_context(Run())
        cluster, prometheus, opa = local_cluster(run), start_prometheus(run), start_opa(run, POLICIES)
        kinds.install(cluster, run.data)
        install(cluster)
        enforce(cluster, "1s")
        outlets = stack.enter_context(Outlets(cluster.api()))
        signals = run.data / "signals"
        signals.mkdir()
        environment = {
            "AUTONOMIC_INGESTION_DELAY": "1ms",
            "AUTONOMIC_OUTLETS_FILE": str(outlets.file(run.data)),
            "AUTONOMIC_SIGNALS_FOLDER": str(signals),
        }
        made = Ward(cluster, start_operator(run, cluster, prometheus.url, opa.url, extra_env=environment))
        until(made.leads, 60, f"the operator to lead; log: {made.operator.log}")
        yield made
