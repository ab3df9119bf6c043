"""A real OPA over a folder of policies, on loopback, to be stopped and started by tests of outages."""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import requests

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.service import Service


class Opa:
    """A running OPA at `url`; `service` stops, kills, freezes and starts it, on the same port."""

    def __init__(self, run: Run, policies: Sequence[Path], port: int) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        flags = [f"--addr={LOOPBACK}:{port}", "--log-level=error", "--skip-version-check"]
        argv: list[str | Path] = [program_path(OPA), "run", "--server", *flags, *policies, _revision(run, policies)]
        self.service = Service(run, Command(OPA.name, argv), self._is_ready)

    def _is_ready(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/health", timeout=2).ok
        return False


def start_opa(run: Run, policies: Path) -> Opa:
    """An OPA that is ready and serves the policies under that folder, tests left out. Raises `StartFailedError`."""
    ensure_built((OPA,))
    files = policy_files(policies)
    return with_free_ports(1, lambda ports: _started(Opa(run, files, ports[0])))


def policy_files(folder: Path) -> list[Path]:
    """The Rego files of a folder without their tests. Raises `FileNotFoundError` where there is none.

    An OPA without policies would deny everything, and nobody would know why.
    """
    files = [file for file in sorted(folder.absolute().rglob("*.rego")) if not file.name.endswith("_test.rego")]
    if not files:
        raise FileNotFoundError(f"no .rego file under {folder}")
    return files


def _revision(run: Run, policies: Sequence[Path]) -> Path:
    """A data file with the revision of the policies, as the chart would give one."""
    content = hashlib.sha256(b"".join(policy.read_bytes() for policy in policies)).hexdigest()
    file = run.data / f"policies-{content[:12]}.json"
    file.write_text(json.dumps({"autonomic": {"policy": {"revision": content}}}))
    return file


def _started(opa: Opa) -> Opa:
    opa.service.start()
    return opa
