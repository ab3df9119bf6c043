"""The one face of a cluster, whichever kind it is: people, kubectl, Helm, tokens, namespaces."""

import json
import os
import secrets
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from testbed import kubeconfig
from testbed.api import Api
from testbed.audit import Write, read_writes
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.controlplane import ControlPlane, start_control_plane
from testbed.people import ADMIN, ROOT, Person
from testbed.process import Process
from testbed.programs.catalogue import HELM, KUBECTL, Program
from testbed.run import Run

COMMAND_SECONDS = 120
ENABLED_LABEL = "autonomic.maestro.dev/enabled"


class CommandFailedError(RuntimeError):
    """kubectl or Helm refused. `code` is its exit code, `stderr` what it said."""

    def __init__(self, command: str, code: int, stderr: str) -> None:
        super().__init__(f"`{command}` ended with code {code}: {stderr.strip()}")
        self.code = code
        self.stderr = stderr


class NotOnThisClusterError(RuntimeError):
    """Only a local cluster has its processes and its audit log at hand."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that is ready to use. `kind` is `local`, `kind` or `current`.

    `kubeconfigs` holds one file for each of `people.PEOPLE`; `folder` is where further ones are written.
    """

    kind: str
    url: str
    ca_file: Path
    kubeconfigs: Mapping[Person, Path]
    tokens: Mapping[Person, str]
    folder: Path
    control_plane: ControlPlane | None = field(default=None, repr=False)

    def kubectl(self, *arguments: str | Path, as_: Person = ADMIN, input: str | None = None) -> str:  # noqa: A002
        """What the real kubectl prints, run as that person. Raises `CommandFailedError`."""
        return self._call(KUBECTL, arguments, self.kubeconfigs[as_], input)

    def helm(self, *arguments: str | Path, as_: Person = ADMIN) -> str:
        """What the real Helm prints, run as that person. Raises `CommandFailedError`."""
        return self._call(HELM, arguments, self.kubeconfigs[as_], None)

    def api(self, as_: Person = ROOT) -> Api:
        """The API server over plain HTTP, as that person; people have tokens on a local cluster only."""
        if as_ not in self.tokens:
            raise NotOnThisClusterError(f"{as_.name} has no token on a {self.kind} cluster; use kubectl(as_=...)")
        return Api(self.url, self.ca_file, self.tokens[as_])

    def service_account_token(self, namespace: str, name: str, seconds: int = 86_400) -> str:
        """A token of that ServiceAccount, by TokenRequest, good for `seconds`."""
        duration = f"--duration={seconds}s"
        return self.kubectl("create", "token", name, "--namespace", namespace, duration, as_=ROOT).strip()

    def kubeconfig_for(self, token: str) -> Path:
        """A new kubeconfig file that authenticates by `token`."""
        path = self.folder / "kubeconfigs" / f"token-{secrets.token_hex(4)}.yaml"
        return kubeconfig.with_token(path, self.url, self.ca_file, token)

    def create_namespace(self, name: str, enabled: bool = True) -> None:
        """A namespace; `enabled` gives it the label without which nothing is ever acted on."""
        # Labelled from its first moment: admission sees a label that comes later a moment late.
        meta = {"name": name, "labels": {ENABLED_LABEL: "true"} if enabled else {}}
        namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": meta}
        self.kubectl("create", "-f", "-", as_=ROOT, input=json.dumps(namespace))

    def delete_namespace(self, name: str) -> None:
        """Ask for its deletion, and do not wait."""
        self.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found", as_=ROOT)

    def writes(self, user: str | None = None, since: datetime | None = None) -> list[Write]:
        """The writes that reached the API server: see `audit`. Local clusters only."""
        return read_writes(self._local().audit_log, user, since)

    def process(self, name: str) -> Process:
        """A program of the control plane (`etcd`, `kube-apiserver`, ...), to pause or kill. Local clusters only."""
        return self._local().processes[name]

    def _local(self) -> ControlPlane:
        if self.control_plane is None:
            raise NotOnThisClusterError(f"a {self.kind} cluster keeps its audit log and its processes to itself")
        return self.control_plane

    def _call(self, program: Program, arguments: tuple[str | Path, ...], config: Path, text: str | None) -> str:
        command = [str(program_path(program)), *map(str, arguments)]
        answer = subprocess.run(
            command,
            env=self._environment(config),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
        if answer.returncode != 0:
            shown = " ".join([program.name, *command[1:]])
            raise CommandFailedError(shown, answer.returncode, answer.stderr)
        return answer.stdout

    def _environment(self, config: Path) -> dict[str, str]:
        # The tools cache what a server offers by its address; another run may have had the same port.
        own = {"KUBECONFIG": str(config), "KUBECACHEDIR": str(self.folder / "kubectl-cache")}
        helm = {f"HELM_{part}_HOME": str(self.folder / "helm" / part.lower()) for part in ("CACHE", "CONFIG", "DATA")}
        return {**os.environ, **own, **helm}


def local_cluster(run: Run) -> Cluster:
    """A cluster of our own processes on loopback, ready. Raises `StartFailedError`."""
    ensure_built((KUBECTL,))
    plane = start_control_plane(run)
    return Cluster("local", plane.url, plane.ca_file, plane.kubeconfigs, plane.tokens, run.data, plane)
