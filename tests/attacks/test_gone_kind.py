"""The kind of RedLines is unlocked and deleted after all: who is hindered then, and who is not."""

import json
from collections.abc import Iterator

import pytest

from testbed.api import ApiError
from testbed.cluster import Cluster, local_cluster
from testbed.installation import CHART, Installation, install
from testbed.people import ADMIN, ROOT
from testbed.run import Run
from testbed.waiting import until
from tests.e2e.admission.specimens import CONFIG_MAP, DEPLOYMENT, JOB

SECONDS = 60.0
KIND = "redlines.autonomic.maestro.dev"
KINDS = (DEPLOYMENT, CONFIG_MAP, JOB)


@pytest.fixture(scope="module")
def bereft() -> Iterator[Installation]:
    """A cluster in which the kind was deleted, and kube-apiserver started again since."""
    with Run() as run:
        installed = install(local_cluster(run))
        for name, enabled in (("shop", True), ("elsewhere", False)):
            installed.cluster.create_namespace(name, enabled=enabled)
        admin = ("annotate", "crd", KIND, "autonomic.maestro.dev/unlock=true")
        installed.cluster.kubectl(*admin, as_=ADMIN)
        installed.cluster.kubectl("delete", "crd", KIND, as_=ADMIN)
        process = installed.cluster.process("kube-apiserver")
        process.kill9()
        run.start(process.command)
        until(lambda: installed.cluster.api().get("/readyz"), SECONDS, "the API server", ignoring=(OSError, ApiError))
        until(lambda: _hindered(installed.cluster), SECONDS, "the API server to miss the kind", ignoring=(OSError,))
        yield installed


def _hindered(cluster: Cluster) -> bool:
    try:
        cluster.api(ROOT).post(CONFIG_MAP.collection("shop"), {"metadata": {"name": "x"}}, dryRun="All")
    except ApiError as problem:
        return "failed to configure policy" in str(problem)
    return False


def test_where_nobody_opted_in_nobody_is_hindered(bereft: Installation) -> None:
    for specimen in KINDS:
        specimen.make(bereft, "elsewhere")


def test_where_somebody_opted_in_everybody_is_hindered_and_told_why(bereft: Installation) -> None:
    for specimen in KINDS:
        with pytest.raises(ApiError, match="RedLine"):
            specimen.make(bereft, "shop")


def test_the_operator_has_no_proof_and_does_nothing(bereft: Installation) -> None:
    assert not bereft.refuses("autonomic-redlines")


def test_with_the_kind_and_a_line_back_all_is_as_before(bereft: Installation) -> None:
    bereft.cluster.kubectl("create", "-f", CHART / "crds" / "redlines.yaml", as_=ADMIN)
    line = {
        "apiVersion": "autonomic.maestro.dev/v1alpha1",
        "kind": "RedLine",
        "metadata": {"name": "default"},
        "spec": {},
    }

    def drawn() -> bool:
        bereft.cluster.kubectl("create", "-f", "-", as_=ADMIN, input=json.dumps(line))
        return True

    until(drawn, SECONDS, "the kind to be served", ignoring=(RuntimeError,))
    until(lambda: bereft.refuses("autonomic-redlines"), SECONDS, "the lines to hold")
    CONFIG_MAP.make(bereft, "shop")
