"""`python -m testbed up`: everything at once, with a page that says how to look around."""

import signal
from pathlib import Path

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.choice import open_cluster
from testbed.cluster import Cluster
from testbed.opa import start_opa
from testbed.people import ADMIN, PEOPLE, ROOT
from testbed.programs.catalogue import HELM, KUBECTL
from testbed.prometheus import start_prometheus
from testbed.run import Run

POLICIES = Path(__file__).parent.parent / "policies"


def keep_up() -> None:
    """Start everything, say how to use it, and stay until a signal comes."""
    ensure_built()
    with Run() as run:
        cluster = open_cluster(run)
        prometheus = start_prometheus(run)
        opa = start_opa(run, POLICIES)
        print(how_to_use(cluster, prometheus.url, opa.url, run.logs), flush=True)
        signal.pause()


def how_to_use(cluster: Cluster, prometheus_url: str, opa_url: str, logs: Path) -> str:
    """The page that `up` prints."""
    folders = ":".join(str(program_path(program).parent) for program in (KUBECTL, HELM))
    people = "\n".join(
        f"  {person.name:<20} ({', '.join(person.groups)})\n    export KUBECONFIG={cluster.kubeconfigs[person]}"
        for person in PEOPLE
        if person is not ROOT
    )
    return (
        f"A {cluster.kind} Kubernetes is up at {cluster.url}; Prometheus at {prometheus_url}; OPA at {opa_url}.\n"
        f"To use it, in another shell:\n"
        f"  export PATH={folders}:$PATH\n"
        f"  export KUBECONFIG={cluster.kubeconfigs[ADMIN]}\n"
        f"  kubectl get nodes\n"
        f"To be somebody else:\n{people}\n"
        f"Logs are in {logs} and stay there. Ctrl-C ends everything."
    )
