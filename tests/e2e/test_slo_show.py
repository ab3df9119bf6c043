"""`autonomic slo show` over a real Prometheus."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
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
