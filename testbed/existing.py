"""Clusters that we did not make of processes: people become themselves there by impersonation."""

import base64
import json
import os
import secrets
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from testbed import kubeconfig
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.cluster import Cluster
from testbed.people import PEOPLE, ROOT, bindings
from testbed.process import Command
from testbed.programs.catalogue import KUBECTL
from testbed.run import Run

_CLEANUP_SECONDS = 120.0


class ClusterUnusableError(RuntimeError):
    """That cluster can't be used; the message says why and what to do."""


def minified(kubeconfig_file: Path | None = None) -> dict[str, Any]:
    """The current context of that kubeconfig (default: of kubectl's own), alone and with its certificates inside."""
    ensure_built((KUBECTL,))
    where = [] if kubeconfig_file is None else [f"--kubeconfig={kubeconfig_file}"]
    command = [str(program_path(KUBECTL)), "config", "view", "--minify", "--flatten", "--raw", "--output=json", *where]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        raise ClusterUnusableError(f"there is no current kubeconfig context to use: {answer.stderr.strip()}")
    config: dict[str, Any] = json.loads(answer.stdout)
    return config


def existing_cluster(run: Run, kind: str, config: Mapping[str, Any]) -> Cluster:
    """The cluster of a minified kubeconfig, with our people in it. Their bindings go when the run ends."""
    folder = run.data / kind
    folder.mkdir()
    server = config["clusters"][0]["cluster"]
    if "certificate-authority-data" not in server:
        raise ClusterUnusableError(f"the kubeconfig of {server.get('server')} carries no certificate authority")
    ca_file = folder / "ca.crt"
    ca_file.write_bytes(base64.b64decode(server["certificate-authority-data"]))
    own = _own_kubeconfig(folder, config)
    people = {
        person: own if person is ROOT else kubeconfig.impersonating(folder / f"{person.short}.yaml", config, person)
        for person in PEOPLE
    }
    cluster = Cluster(kind, server["server"], ca_file, people, {}, folder)
    # Somebody else may be using the same cluster in the same way.
    ours = bindings(f"autonomic-testbed-{secrets.token_hex(4)}")
    names = [binding["metadata"]["name"] for binding in ours]
    kubectl = [str(program_path(KUBECTL)), f"--kubeconfig={own}"]
    delete = [*kubectl, "delete", "clusterrolebinding", "--ignore-not-found", *names]
    at_the_end(run, f"{kind}-bindings", delete, os.environ)
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": ours})
    cluster.kubectl("apply", "--filename=-", as_=ROOT, input=items)
    return cluster


def at_the_end(run: Run, name: str, argv: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run `argv` when the run ends, however the parent ends: the warden ends a shell that waits for just that."""
    script = f"trap {shlex.quote(shlex.join(argv) + '; exit')} TERM; while :; do sleep 3600 & wait $!; done"
    run.start(Command(name, ["/bin/sh", "-c", script], environment, grace=_CLEANUP_SECONDS))


def _own_kubeconfig(folder: Path, config: Mapping[str, Any]) -> Path:
    path = folder / "own.yaml"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    return path


def ask_person(question: str) -> str:
    """What a person types in answer, or nothing where nobody is there to ask."""
    print(question, end=" ", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip() if sys.stdin.isatty() else ""
