"""The image, built for real: what is in it, what it may do, and that the operator runs from it."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import certifi
import pytest
import requests
import yaml

from testbed.cluster import Cluster, local_cluster
from testbed.deployment import ContainerStart, read_container
from testbed.image import build_image, version
from testbed.image_base import REPOSITORY, find_base
from testbed.image_container import Container
from testbed.image_engine import CannotBuildHereError, Engine, Steps
from testbed.image_secrets import pip_settings, trusted_authorities
from testbed.installation import CHART, NAMESPACE, install
from testbed.opa import Opa
from testbed.ports import LOOPBACK, free_ports
from testbed.process import Process
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until

# The first build on a machine may have to install an engine, make a base and fetch every library.
pytestmark = pytest.mark.timeout(1800)

PYTHON = "/opt/autonomic/bin/python"
NOBODY = 65532
READY_SECONDS = 60.0
STOP_SECONDS = 20.0
# Every system has these for everybody; in the chart's Deployment they are read-only too, but for /tmp.
FOR_EVERYBODY = {"/tmp", "/var/tmp", "/run/lock"}  # noqa: S108
# Told to pip in the build, by its configuration and in its file of authorities.
CANARIES = ("canary-of-pip.invalid", "canary-of-authorities")

# Prints the files of the root file system and, for each argument, those that contain it.
SURVEY = """
import json, os, stat, sys
words, root = [word.encode() for word in sys.argv[1:]], os.lstat("/").st_dev
files, found = [], {word: [] for word in sys.argv[1:]}
for folder, inner, names in os.walk("/"):
    inner[:] = [name for name in inner if os.lstat(os.path.join(folder, name)).st_dev == root]
    for path in (os.path.join(folder, name) for name in names):
        files.append(path)
        if words and stat.S_ISREG(os.lstat(path).st_mode):
            with open(path, "rb") as file:
                content = file.read()
            for word in words:
                if word in content:
                    found[word.decode()].append(path)
print(json.dumps({"files": files, "found": found}))
"""

# Prints who runs it, and every file and folder of the root file system that it may change.
RIGHTS = """
import json, os
root, changeable = os.lstat("/").st_dev, []
for folder, inner, names in os.walk("/"):
    inner[:] = [name for name in inner if os.lstat(os.path.join(folder, name)).st_dev == root]
    paths = [folder, *(os.path.join(folder, name) for name in names)]
    changeable += [path for path in paths if not os.path.islink(path) and os.access(path, os.W_OK)]
print(json.dumps({"uid": os.getuid(), "gid": os.getgid(), "groups": os.getgroups(), "changeable": changeable}))
"""


@dataclass(frozen=True)
class Built:
    """The image, what it was built on, and what was confided to pip for that."""

    engine: Engine
    image: str
    base: str
    confided: tuple[str, ...]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """A run of this module alone: its containers and its cluster end with it."""
    with Run() as own:
        yield own


@pytest.fixture(scope="module")
def built(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The image of this tree, under the name that `make image` gives it."""
    settings = pip_settings()
    authorities = tmp_path_factory.mktemp("authorities") / "authorities.pem"
    trusted = trusted_authorities(settings) or Path(certifi.where())
    authorities.write_text(f"{trusted.read_text()}\n# {CANARIES[1]}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_CERT", str(authorities))
        patch.setenv("PIP_TRUSTED_HOST", f"{settings.get('trusted-host', '')} {CANARIES[0]}".strip())
        try:
            made = build_image(run)
        except CannotBuildHereError as reason:
            pytest.skip(str(reason))
    engine = Engine(made.engine)
    base = find_base(engine, Steps(run, print))
    return Built(engine, made.image, base, (*CANARIES, *registries(settings)))


def registries(settings: Mapping[str, str]) -> set[str]:
    """The hosts of the registries that this machine's pip was told to use."""
    urls = f"{settings.get('index-url', '')} {settings.get('extra-index-url', '')}".split()
    return {host for url in urls if (host := urlsplit(url).hostname)}


@pytest.fixture(scope="module")
def surveyed(built: Built, run: Run) -> dict[str, Any]:
    """What `SURVEY` finds, with `added`: the files that the base does not have."""
    base = json.loads(Container(built.engine, built.base).open(run).output("python3", "-c", SURVEY, user="0"))
    container = Container(built.engine, built.image).open(run)
    answer: dict[str, Any] = json.loads(container.output(PYTHON, "-c", SURVEY, *built.confided, user="0"))
    answer["added"] = sorted(set(answer["files"]) - set(base["files"]))
    return answer


def test_make_image_tells_what_it_built_in_its_last_line(built: Built) -> None:
    command = [sys.executable, "-m", "testbed.image", "build"]
    answer = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    told = json.loads(answer.stdout.splitlines()[-1])
    assert told == {"image": built.image, "engine": built.engine.name, "seconds": told["seconds"]}
    assert 0 < told["seconds"] < 600


def test_the_image_says_what_it_is_and_how_it_starts(built: Built) -> None:
    config = built.engine.config(built.image)
    assert config["User"] == f"{NOBODY}:{NOBODY}"
    assert (config["Entrypoint"], config["Cmd"]) == (["/opt/autonomic/bin/autonomic"], ["run"])
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    assert labels["title"] == "autonomic-layer"
    assert labels["licenses"] == "Apache-2.0"
    assert labels["version"] == version()
    assert labels["revision"]


def test_the_image_adds_nothing_to_its_base_but_the_operator(surveyed: dict[str, Any]) -> None:
    assert "/opt/autonomic/bin/autonomic" in surveyed["added"]
    assert [path for path in surveyed["added"] if not path.startswith("/opt/autonomic/")] == []
    assert [path for path in surveyed["added"] if "/site-packages/pip/" in path or "hatchling" in path] == []


def test_the_program_that_checks_policies_is_that_of_the_policy_engine_beside_it(built: Built, run: Run) -> None:
    container = Container(built.engine, built.image).open(run)
    (named,) = [one for one in built.engine.config(built.image)["Env"] if one.startswith("AUTONOMIC_OPA_PROGRAM=")]
    said = container.output(named.partition("=")[2], "version", user=str(NOBODY))
    tag = yaml.safe_load((CHART / "values.yaml").read_text())["opa"]["image"]["tag"]
    assert f"Version: {tag.removesuffix('-static')}" in said


def test_nothing_that_the_build_confided_to_pip_remains(built: Built, surveyed: dict[str, Any]) -> None:
    assert set(surveyed["found"]) >= set(CANARIES)
    assert {word: paths for word, paths in surveyed["found"].items() if paths} == {}
    history = built.engine.history(built.image)
    assert [word for word in built.confided if word in history] == []
    tell_tales = ("pip.conf", ".netrc", ".pypirc", "direct_url.json", ".pem", ".crt", ".key")
    known = "/certifi/cacert.pem"
    assert [path for path in surveyed["added"] if path.endswith(tell_tales) and not path.endswith(known)] == []


def test_the_operator_has_no_rights_over_its_own_files(built: Built, run: Run) -> None:
    rights = json.loads(Container(built.engine, built.image).open(run).output(PYTHON, "-c", RIGHTS))
    assert (rights["uid"], rights["gid"]) == (NOBODY, NOBODY)
    assert set(rights["groups"]) <= {NOBODY}
    assert set(rights["changeable"]) <= FOR_EVERYBODY


@pytest.fixture
def cluster(run: Run) -> Cluster:
    """A cluster of its own, with the chart: in the shared one another operator may hold the Lease."""
    own = local_cluster(run)
    install(own)
    return own


@dataclass(frozen=True)
class Replica:
    """The operator in a container. `name` is the name of its pod."""

    container: Container
    process: Process
    name: str
    url: str

    def is_ready(self) -> bool:
        """Whether its readiness probe answers."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=2).ok
        return False


@pytest.fixture
def replica(built: Built, run: Run, cluster: Cluster, prometheus: Prometheus, opa: Opa, tmp_path: Path) -> Replica:
    """The operator from the image, with the environment that the chart's Deployment gives it."""
    start = read_container(cluster, NAMESPACE, "autonomic", "operator", 0)
    port = free_ports(1)[0]
    replaced = {
        "KUBECONFIG": "/testbed/kubeconfig",
        "AUTONOMIC_PROMETHEUS_URL": prometheus.url,
        "AUTONOMIC_OPA_URL": opa.url,
        "AUTONOMIC_HTTP_HOST": LOOPBACK,
        "AUTONOMIC_HTTP_PORT": str(port),
    }
    files = access_files(cluster, start, tmp_path)
    kept = {
        name: value for name, value in start.env.items() if name != "AUTONOMIC_SIGNALS_FOLDER"
    }  # a volume of the pod's
    container = Container(built.engine, built.image, {**kept, **replaced}, files).open(run)
    process = run.start(container.command(*start.arguments))
    return Replica(container, process, start.pod_name, f"http://{LOOPBACK}:{port}")


def access_files(cluster: Cluster, start: ContainerStart, folder: Path) -> dict[str, Path]:
    """What reaches the API server from inside a container, readable for everybody: path inside -> file here."""
    token = cluster.service_account_token(start.namespace, start.service_account)
    access = json.loads(cluster.kubeconfig_for(token).read_text())
    access["clusters"][0]["cluster"]["certificate-authority"] = "/testbed/ca.crt"
    (folder / "kubeconfig").write_text(json.dumps(access))
    (folder / "ca.crt").write_bytes(cluster.ca_file.read_bytes())
    files = {f"/testbed/{name}": folder / name for name in ("kubeconfig", "ca.crt")}
    for file in files.values():
        file.chmod(0o444)
    return files


def lease_holder(cluster: Cluster) -> str:
    """Who holds the Lease; empty where nobody does."""
    lease = json.loads(cluster.kubectl("get", "lease", "autonomic", "-n", NAMESPACE, "-o", "json"))
    return str(lease["spec"].get("holderIdentity", ""))


def test_the_operator_runs_from_the_image_and_leads_and_stops_in_order(replica: Replica, cluster: Cluster) -> None:
    replica.process.await_ready(replica.is_ready, READY_SECONDS)
    until(lambda: lease_holder(cluster).startswith(replica.name), READY_SECONDS, f"{replica.name} to hold the Lease")

    replica.container.terminate(replica.process)

    assert replica.process.wait(STOP_SECONDS) == 0, replica.process.tail()
    assert lease_holder(cluster) == ""
    assert not replica.is_ready()
    left = json.loads(replica.container.output(PYTHON, "-c", SURVEY, user="0"))["files"]
    assert [path for path in left if path.startswith(tuple(f"{folder}/" for folder in FOR_EVERYBODY))] == []
