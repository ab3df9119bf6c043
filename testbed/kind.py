"""`CLUSTER=kind`: a cluster in containers, with the product's image built and loaded. Needs docker or podman."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.cluster import Cluster
from testbed.existing import ClusterUnusableError, at_the_end, existing_cluster, minified
from testbed.programs.catalogue import KIND
from testbed.run import Run

REPOSITORY = Path(__file__).parent.parent
ENGINES = ("docker", "podman")


def kind_cluster(run: Run) -> Cluster:
    """A new cluster, removed when the run ends, with the image loaded under the name that the chart uses.

    Raises `ClusterUnusableError` where there is no container engine, or where a step fails.
    """
    engine = container_engine()
    ensure_built((KIND,))
    name = f"autonomic-{secrets.token_hex(4)}"
    config = run.data / "kind.yaml"
    archive = run.data / "image.tar"
    kind = [str(program_path(KIND))]
    provider = {"KIND_EXPERIMENTAL_PROVIDER": engine}
    at_the_end(run, "kind-cluster", [*kind, "delete", "cluster", f"--name={name}"], {**os.environ, **provider})
    _call(provider, [*kind, "create", "cluster", f"--name={name}", f"--kubeconfig={config}", "--wait=180s"])
    image = image_name()
    _call(provider, [sys.executable, "-m", "testbed.image", "build", f"--tag={image}"])
    _call(provider, [engine, "save", f"--output={archive}", image])
    _call(provider, [*kind, "load", "image-archive", str(archive), f"--name={name}"])
    return existing_cluster(run, "kind", minified(config))


def container_engine() -> str:
    """The first engine that answers: an installed client without its daemon is none. Raises `ClusterUnusableError`."""
    for engine in ENGINES:
        if shutil.which(engine) and subprocess.run([engine, "info"], capture_output=True).returncode == 0:
            return engine
    raise ClusterUnusableError(
        "CLUSTER=kind needs a container engine, and neither `docker info` nor `podman info` answers. "
        "Start one of them, or use CLUSTER=local, which needs none."
    )


def image_name() -> str:
    """The name under which the chart's default values look for the image."""
    folder = REPOSITORY / "charts" / "autonomic"
    chart = yaml.safe_load((folder / "Chart.yaml").read_text())
    values = yaml.safe_load((folder / "values.yaml").read_text())
    # With its registry spelled out: podman would otherwise call it localhost/..., and the kubelet would not find it.
    return f"docker.io/library/{values['image']['repository']}:{chart['appVersion']}"


def _call(more: Mapping[str, str], command: Sequence[str]) -> None:
    answer = subprocess.run(command, env={**os.environ, **more}, cwd=REPOSITORY, capture_output=True, text=True)
    if answer.returncode != 0:
        shown = " ".join(command)
        raise ClusterUnusableError(f"`{shown}` ended with code {answer.returncode}: {answer.stderr.strip()}")
