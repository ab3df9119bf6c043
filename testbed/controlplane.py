"""A whole Kubernetes as plain processes: etcd, kube-apiserver, kube-controller-manager, kube-scheduler and KWOK."""

import contextlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from testbed import audit, kubeconfig
from testbed.api import Api, ApiError
from testbed.build import ensure_built
from testbed.cache import program_folder, program_path
from testbed.node import NODE_NAME, fake_node, is_ready
from testbed.people import PEOPLE, ROOT, Person, bindings
from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command, Process
from testbed.programs.catalogue import (
    CONTROL_PLANE,
    ETCD,
    KUBE_APISERVER,
    KUBE_CONTROLLER_MANAGER,
    KUBE_SCHEDULER,
    KWOK,
    Program,
)
from testbed.run import Run
from testbed.signing_key import new_signing_key
from testbed.waiting import until

READY_SECONDS = 60
# Components go by the names that they have in every cluster, because policies exempt some of them by name.
_CONTROLLER_MANAGER = Person("system:kube-controller-manager", ())
_SCHEDULER = Person("system:kube-scheduler", ())
_KWOK = Person("testbed-kwok", ("system:masters",))
# The default limits would stretch the start, in which each controller asks for a token of its own, by seconds.
_UNHURRIED_BY_LIMITS = {"kube-api-qps": 500, "kube-api-burst": 1000}


@dataclass(frozen=True)
class ControlPlane:
    """A running Kubernetes. `processes` are by program name, for tests that stop, pause or kill one."""

    url: str
    ca_file: Path
    tokens: Mapping[Person, str]
    kubeconfigs: Mapping[Person, Path]
    audit_log: Path
    processes: Mapping[str, Process]


def start_control_plane(run: Run) -> ControlPlane:
    """Build what is missing, start everything, and return when pods can be scheduled and run.

    Raises `StartFailedError` with the last lines of the program that did not start.
    """
    ensure_built(CONTROL_PLANE)
    etcd, etcd_url = with_free_ports(2, lambda ports: _start_etcd(run, ports))
    return with_free_ports(1, lambda ports: _Starter(run, etcd_url, ports[0]).start({"etcd": etcd}))


def _start_etcd(run: Run, ports: Sequence[int]) -> tuple[Process, str]:
    client, peer = (f"http://{LOOPBACK}:{port}" for port in ports)
    flags = {
        "name": "testbed",
        "data-dir": run.data / f"etcd-{ports[0]}",
        "listen-client-urls": client,
        "advertise-client-urls": client,
        "listen-peer-urls": peer,
        "initial-advertise-peer-urls": peer,
        "initial-cluster": f"testbed={peer}",
        "log-level": "warn",
        "unsafe-no-fsync": "true",
    }
    process = run.start(_command(ETCD, flags))
    process.await_ready(lambda: _answers(f"{client}/readyz"), READY_SECONDS)
    return process, client


class _Starter:
    """The steps from an etcd to a ready cluster on one port."""

    def __init__(self, run: Run, etcd_url: str, port: int) -> None:
        self._run = run
        self._etcd_url = etcd_url
        self._port = port
        self._folder = run.data / f"control-plane-{port}"
        self._folder.mkdir()
        self._url = f"https://{LOOPBACK}:{port}"
        # kube-apiserver makes its own certificate; the file ends with the authority that signed it.
        self._ca_file = self._folder / "certificates" / "apiserver.crt"
        self._key_file = self._file("service-account.key", new_signing_key())
        everybody = (*PEOPLE, _CONTROLLER_MANAGER, _SCHEDULER, _KWOK)
        self._tokens = {person: secrets.token_urlsafe(24) for person in everybody}
        self._api = Api(self._url, self._ca_file, self._tokens[ROOT])

    def start(self, running: dict[str, Process]) -> ControlPlane:
        """Start the rest; `running` is what runs already."""
        audit_log = self._run.logs / f"audit-{self._port}.log"
        apiserver = self._run.start(_command(KUBE_APISERVER, self._apiserver_flags(audit_log)))
        apiserver.await_ready(self._serves, READY_SECONDS)
        processes = {**running, "kube-apiserver": apiserver, **self._start_controllers()}
        self._await_pods_can_run(processes)
        kubeconfigs = {person: self._kubeconfig(person) for person in PEOPLE}
        tokens = {person: self._tokens[person] for person in PEOPLE}
        return ControlPlane(self._url, self._ca_file, tokens, kubeconfigs, audit_log, processes)

    def _apiserver_flags(self, audit_log: Path) -> dict[str, object]:
        return {
            "etcd-servers": self._etcd_url,
            "bind-address": LOOPBACK,
            "secure-port": self._port,
            "cert-dir": self._folder / "certificates",
            "endpoint-reconciler-type": "none",
            "service-cluster-ip-range": "10.96.0.0/16",
            "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
            "service-account-signing-key-file": self._key_file,
            "service-account-key-file": self._key_file,
            "token-auth-file": self._file("tokens.csv", self._token_lines()),
            "authorization-mode": "RBAC",
            # As in the clusters that people have: what is refused there is refused by us, not by this.
            "allow-privileged": "true",
            "audit-policy-file": self._file("audit-policy.json", json.dumps(audit.POLICY)),
            "audit-log-path": audit_log,
            "audit-log-mode": "blocking",
            "profiling": "false",
        }

    def _start_controllers(self) -> dict[str, Process]:
        root = self._api
        for binding in bindings("testbed"):
            root.post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding)
        root.post("/api/v1/nodes", fake_node())
        commands = (self._controller_manager(), self._scheduler(), self._kwok())
        return {command.name: self._run.start(command) for command in commands}

    def _controller_manager(self) -> Command:
        flags = {
            "kubeconfig": self._kubeconfig(_CONTROLLER_MANAGER),
            "controllers": "*,nodelifecycle",
            "use-service-account-credentials": "true",
            "service-account-private-key-file": self._key_file,
            "root-ca-file": self._ca_file,
            "leader-elect": "false",
            **_UNHURRIED_BY_LIMITS,
            "secure-port": 0,
            "profiling": "false",
        }
        return _command(KUBE_CONTROLLER_MANAGER, flags)

    def _scheduler(self) -> Command:
        config = self._kubeconfig(_SCHEDULER)
        flags = {"kubeconfig": config, "leader-elect": "false", "secure-port": 0, **_UNHURRIED_BY_LIMITS}
        return _command(KUBE_SCHEDULER, flags)

    def _kwok(self) -> Command:
        flags = {
            "kubeconfig": self._kubeconfig(_KWOK),
            "config": ",".join(str(file) for file in sorted((program_folder(KWOK) / "files").iterdir())),
            "manage-all-nodes": "true",
            "node-lease-duration-seconds": 40,
            "cidr": "10.128.0.0/16",
        }
        return _command(KWOK, flags)

    def _await_pods_can_run(self, processes: Mapping[str, Process]) -> None:
        for name, ready in (("kwok", self._node_is_ready), ("kube-controller-manager", self._default_account_exists)):
            processes[name].await_ready(ready, READY_SECONDS)
        until(lambda: processes["kube-scheduler"].alive, 1, "the scheduler to run")

    def _serves(self) -> bool:
        return self._ca_file.exists() and _answers(f"{self._url}/readyz", self._ca_file)

    def _node_is_ready(self) -> bool:
        return is_ready(self._api.get(f"/api/v1/nodes/{NODE_NAME}"))

    def _default_account_exists(self) -> bool:
        with contextlib.suppress(ApiError):
            return bool(self._api.get("/api/v1/namespaces/default/serviceaccounts/default"))
        return False

    def _kubeconfig(self, person: Person) -> Path:
        path = self._folder / "kubeconfigs" / f"{person.short}.yaml"
        return kubeconfig.with_token(path, self._url, self._ca_file, self._tokens[person])

    def _token_lines(self) -> str:
        lines = (
            f'{token},{person.name},{person.name},"{",".join(person.groups)}"' for person, token in self._tokens.items()
        )
        return "\n".join(lines) + "\n"

    def _file(self, name: str, content: str) -> Path:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(content)
        return path


def _command(program: Program, flags: Mapping[str, object]) -> Command:
    arguments = [f"--{name}={value}" for name, value in flags.items()]
    return Command(program.name, [program_path(program), *arguments])


def _answers(url: str, ca_file: Path | None = None) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(url, timeout=2, verify=str(ca_file) if ca_file else True).ok
    return False
