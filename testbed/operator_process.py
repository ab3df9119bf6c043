"""The operator, as a process beside the cluster, with the environment that the chart's Deployment would give it.

Only what can't be the same outside a pod is replaced: how it reaches the API server (a token of its own
ServiceAccount), where Prometheus and OPA are, what it checks policies with, where it keeps signals, and where it listens.
"""

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import requests

from testbed.cache import program_path
from testbed.cluster import Cluster
from testbed.deployment import ContainerStart, read_container
from testbed.people import ROOT
from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.service import Service

SCHEMA = Path(__file__).parents[1] / "policies" / "schemas" / "input.json"
NAMESPACE = "autonomic-system"
DEPLOYMENT = "autonomic"
CONTAINER = "operator"
READY_SECONDS = 30
_GRACE_SECONDS = 15.0
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR")


class OperatorProcess:
    """A started operator. `http_url` is where its HTTP app listens, `user` the name that the audit log shows."""

    def __init__(self, run: Run, start: ContainerStart, replaced: Mapping[str, str], port: int) -> None:
        self.http_url = f"http://{LOOPBACK}:{port}"
        self.user = f"system:serviceaccount:{start.namespace}:{start.service_account}"
        self.pod_name = start.pod_name
        self._liveness_url = self.http_url + start.liveness_path
        listening = {"AUTONOMIC_HTTP_HOST": LOOPBACK, "AUTONOMIC_HTTP_PORT": str(port)}
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env = {**kept, **start.env, **listening, **replaced}
        argv = [sys.executable, "-m", "autonomic", *_without_program(start.arguments)]
        # The port keeps apart the logs of operators that different tests start under one pod name.
        command = Command(f"{start.pod_name}-{port}", argv, env, grace=_GRACE_SECONDS)
        self.service = Service(run, command, self._is_alive, READY_SECONDS)

    @property
    def env(self) -> Mapping[str, str]:
        """The environment that it runs with."""
        return self.service.command.env

    @property
    def log(self) -> Path:
        """What it printed, over all its starts."""
        return self.service.process.log

    @property
    def logs(self) -> str:
        """What it printed, over all its starts, as text."""
        return self.log.read_text(errors="replace")

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.service.process.alive

    def stop(self) -> int:
        """SIGTERM and a bounded grace, as a pod would get; its exit code."""
        return self.service.stop()

    def kill9(self) -> int:
        """SIGKILL, in the middle of whatever it does; its exit code."""
        return self.service.kill9()

    def start(self) -> None:
        """Start it again under the same pod name and port."""
        self.service.start()

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.service.restart()

    def _is_alive(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(self._liveness_url, timeout=2).ok
        return False


def start_operator(
    run: Run,
    cluster: Cluster,
    prometheus_url: str,
    opa_url: str,
    replica: int = 0,
    extra_env: Mapping[str, str] | None = None,
    namespace: str = NAMESPACE,
) -> OperatorProcess:
    """Start the operator of the chart that is installed in `cluster`; back when its liveness probe answers.

    `replica` tells several apart. `extra_env` replaces further variables, such as a log level. `namespace` is the release's.
    Raises `StartFailedError`, `UnknownReferenceError`, or `CommandFailedError` where the chart is not installed.
    """
    if cluster.kind != "local":
        # Elsewhere the Deployment's pods are real, and would act beside this process.
        cluster.kubectl("scale", "deployment", DEPLOYMENT, "--namespace", namespace, "--replicas=0", as_=ROOT)
    start = read_container(cluster, namespace, DEPLOYMENT, CONTAINER, replica)
    token = cluster.service_account_token(start.namespace, start.service_account)
    replaced = {
        "KUBECONFIG": str(cluster.kubeconfig_for(token)),
        "AUTONOMIC_PROMETHEUS_URL": prometheus_url,
        "AUTONOMIC_OPA_URL": opa_url,
        "AUTONOMIC_OPA_PROGRAM": str(program_path(OPA)),
        "AUTONOMIC_POLICY_SCHEMA": str(SCHEMA),
        "AUTONOMIC_SIGNALS_FOLDER": str(run.data / "signals" / start.pod_name),
        **(extra_env or {}),
    }
    return with_free_ports(1, lambda ports: _started(OperatorProcess(run, start, replaced, ports[0])))


def _started(operator: OperatorProcess) -> OperatorProcess:
    operator.service.start()
    return operator


def _without_program(arguments: tuple[str, ...]) -> tuple[str, ...]:
    return arguments[1:] if arguments[:1] == ("autonomic",) else arguments
