"""The stand-in for Maestro Conductor as a process of the demo: started, and told what load and fault its agents have."""

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path

import requests

from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command
from testbed.run import Run
from testbed.service import Service

ROOT = Path(__file__).parents[2]
NAMESPACE = "demo"
AGENTS = ("triage-agent", "research-agent", "billing-agent", "review-agent")
USUAL_LOAD = 20
"""Tasks a second that two workers serve with ease."""
_TIMEOUT_S = 5


@dataclass(frozen=True)
class Conductor:
    """The running stand-in. `address` is the `host:port` that Prometheus scrapes."""

    address: str

    def set(self, agent: str, tasks_per_s: int = USUAL_LOAD, fault: str | None = None) -> None:
        """From now on the agent has this load and this fault (`upstream`, `wedged` or none)."""
        url = f"http://{self.address}/agents/{NAMESPACE}/{agent}"
        body = {"arrival_per_s": tasks_per_s, "fault": fault}
        requests.put(url, json=body, timeout=_TIMEOUT_S).raise_for_status()

    def is_ready(self) -> bool:
        """Whether it knows the agents' pods."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"http://{self.address}/healthz", timeout=_TIMEOUT_S).ok
        return False


def start_conductor(run: Run, kubeconfig: Path) -> Conductor:
    """Start it with the demo's agents; back when it knows their pods. Raises `StartFailedError`."""
    return with_free_ports(1, lambda ports: _start(run, kubeconfig, ports[0]))


def _start(run: Run, kubeconfig: Path, port: int) -> Conductor:
    conductor = Conductor(f"{LOOPBACK}:{port}")
    agents = [word for agent in AGENTS for word in ("--agent", f"{NAMESPACE}/{agent}")]
    argv = [sys.executable, "-m", "examples.conductor", "--port", str(port), *agents]
    command = Command("conductor", argv, {"KUBECONFIG": str(kubeconfig)}, cwd=ROOT, grace=5)
    Service(run, command, conductor.is_ready).start()
    return conductor
