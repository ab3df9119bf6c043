"""`autonomic slo show` over a real Prometheus, and the names that it completes."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ADMIN, ROOT
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from testbed.waiting import until
from tests.unit.domain.specimens import contract_raw, objective


def show(prometheus: Prometheus, file: Path, *more: str) -> str:
    """What the command printed; it must have ended well."""
    command = [sys.executable, "-m", "autonomic", "slo", "show", "agent", "-n", "shop", "-f", str(file), *more]
    told = subprocess.run(
        [*command, "--prometheus", prometheus.url], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def fill(prometheus: Prometheus, name: str) -> int:
    """Six hours of 100 tasks a minute, of which 4 failed in each minute of the first hour. How many failed."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    minutes = [(now - timedelta(minutes=back), 360 - back) for back in range(360, -1, -1)]
    total = [Sample(at, 100.0 * number) for at, number in minutes]
    bad = [Sample(at, 4.0 * min(number, 60)) for at, number in minutes]
    prometheus.write({series(f"{name}_total"): total, series(f"{name}_failed_total"): bad})
    return 240


def test_the_figures_of_a_real_server_are_drawn_and_given_as_json(prometheus: Prometheus, tmp_path: Path) -> None:
    failed = fill(prometheus, "slo_show")
    indicator = {"ratio": {"bad": "slo_show_failed_total", "total": "slo_show_total"}}
    spec = [objective(target="99", window={"rolling": "7d"}, indicator=indicator)]
    file = tmp_path / "contract.yaml"
    file.write_text(yaml.safe_dump(contract_raw(objectives=spec)))
    (one,) = json.loads(show(prometheus, file, "--output", "json"))["objectives"]
    counted = {name: Decimal(number) for name, number in one["counted"].items()}
    left = 1 - counted["bad"] / counted["allowed"]
    assert counted["bad"] == failed
    assert (one["exactness"], Decimal(one["burnDown"]["moments"][-1]["remaining"])) == ("Exact", left)
    text = show(prometheus, file)
    assert f"{failed} bad of" in text
    assert "There are only" in text


def test_names_of_contracts_are_completed_from_the_cluster(installed: Installation, namespace: str) -> None:
    cluster = installed.cluster
    raw = contract_raw(objectives=[objective()])
    raw["metadata"] = {"name": "agent-of-ours"}
    path = f"/apis/autonomic.maestro.dev/v1alpha1/namespaces/{namespace}/slacontracts"
    until(lambda: cluster.api(ROOT).post(path, raw), 60, "the kind to be served", ignoring=(ApiError,))
    words = {
        "_AUTONOMIC_COMPLETE": "complete_bash",
        "COMP_WORDS": f"autonomic slo show -n {namespace} ag",
        "COMP_CWORD": "5",
    }
    environment = os.environ | words | {"KUBECONFIG": str(cluster.kubeconfigs[ADMIN])}
    command = [str(Path(sys.executable).with_name("autonomic"))]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert told.stdout.split() == ["agent-of-ours"], told.stderr
