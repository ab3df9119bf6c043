"""`autonomic backtest` over a real Prometheus that holds two days of history, with a real OPA that is started for it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import OPA
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from tests.unit.domain.specimens import contract_raw, deployment, loop_raw, objective, redline_raw

POLICIES = Path(__file__).parents[2] / "policies"
EASY = """package autonomic

decision := {"allow": true, "verdict": "Approve", "reasons": ["easy"], "rules": ["easy"], "revision": revision}

revision := data.autonomic.policy.revision
"""
TIERS = [
    {"long": "1h", "short": "5m", "factor": "14.4", "level": "Breach"},
    {"long": "6h", "short": "30m", "factor": "6", "level": "Warning"},
]
BEFORE_END = {"incident": range(600, 560, -1), "blip": range(300, 294, -1), "gap": range(120, 90, -1)}
"""Minutes before the end of history, by what happens in them."""


@pytest.fixture(scope="module")
def end(prometheus: Prometheus) -> datetime:
    """The end of 30 hours of 100 tasks a minute: 40 bad minutes, six in which a little fails, half an hour unscraped."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    total, failed = list[Sample](), list[Sample]()
    bad = 0
    for back in range(1800, -1, -1):
        bad += 30 if back in BEFORE_END["incident"] else 9 if back in BEFORE_END["blip"] else 0
        if back not in BEFORE_END["gap"]:
            at = now - timedelta(minutes=back)
            total.append(Sample(at, 100.0 * (1800 - back)))
            failed.append(Sample(at, float(bad)))
    prometheus.write({series("replayed_total"): total, series("replayed_failed_total"): failed})
    return now


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a contract, the loop, the RedLine and the workload."""
    folder = tmp_path_factory.mktemp("contracts")
    indicator = {"ratio": {"bad": "replayed_failed_total", "total": "replayed_total"}}
    promised = objective(target="99", window={"rolling": "1d"}, indicator=indicator, alerting={"windows": TIERS})
    objects = [contract_raw(objectives=[promised]), loop_raw(), redline_raw(), deployment()]
    (folder / "all.yaml").write_text(yaml.safe_dump_all(objects))
    yield folder


def backtest(*more: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autonomic", "backtest", *(str(each) for each in more)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended


@pytest.fixture(scope="module")
def told(
    prometheus: Prometheus, end: datetime, contracts: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], str]:
    """The report as JSON and as a page, of two sets of policies."""
    ensure_built((OPA,))
    folder = tmp_path_factory.mktemp("told")
    (folder / "easy").mkdir()
    (folder / "easy" / "easy.rego").write_text(EASY)
    asked = ["--from", (end - timedelta(hours=12)).isoformat(), "--to", end.isoformat()]
    sets = ["--opa", program_path(OPA), "--policies", folder / "easy", "--policies", POLICIES]
    ended = backtest(
        *asked,
        "--prometheus",
        prometheus.url,
        "--contracts",
        contracts,
        *sets,
        "--html",
        folder / "page.html",
        "-o",
        "json",
    )
    return json.loads(ended.stdout), (folder / "page.html").read_text()


def test_alerts_are_those_of_the_history_and_gaps_are_named(told: tuple[dict[str, Any], str], end: datetime) -> None:
    report, _ = told
    (alert,) = report["alerts"]
    began = datetime.fromisoformat(alert["began"])
    # 30 of 100 fail from then on: after 29 minutes they are more than 14.4 times 1 % of an hour.
    assert abs(began - (end - timedelta(minutes=600 - 29))) <= timedelta(minutes=2)
    assert alert["falseAlarm"] is False
    stale = [each for each in report["unknown"] if each["reason"].startswith("Stale")]
    assert len(stale) == 1
    assert 20 <= (_moment(stale[0]["until"]) - _moment(stale[0]["since"])).total_seconds() / 60 <= 31


def test_each_set_of_policies_is_asked_and_the_differences_are_named(told: tuple[dict[str, Any], str]) -> None:
    report, _ = told
    easy, shipped = report["runs"]
    first = easy["plans"][0]
    assert (first["verdict"], first["outcome"], first["reasons"]) == ("Approve", "WouldAct", ["easy: easy"])
    assert 0 < first["saved"]["most"] < report["alerts"][0]["budgetSpent"]
    assert (easy["notKnown"][0]["since"], shipped["notKnown"]) == (first["actsAt"], [])
    assert shipped["plans"][0]["verdict"] != "Approve"
    assert shipped["approvals"]["asked"] + sum(each["outcome"] == "Denied" for each in shipped["plans"]) >= 1
    assert report["differences"][0]["answers"] == ["Approve", shipped["plans"][0]["verdict"]]


def test_the_page_stands_by_itself(told: tuple[dict[str, Any], str]) -> None:
    _, page = told
    assert page.count("<svg") >= 3
    assert "<script" not in page
    assert not re.search(r"(src|href)=|url\(", page)


def test_without_an_opa_people_decide_and_the_terminal_says_so(
    prometheus: Prometheus, end: datetime, contracts: Path
) -> None:
    asked = ["--from", (end - timedelta(hours=12)).isoformat(), "--to", end.isoformat()]
    said = backtest(*asked, "--prometheus", prometheus.url, "--contracts", contracts).stdout
    assert "RequireApproval" in said
    assert re.search(r"people asked \d+ times", said)


def test_a_mistake_is_named_with_the_way_out(contracts: Path) -> None:
    nowhere = ["--contracts", contracts, "--prometheus", "http://127.0.0.1:9"]
    for given, words in (
        (["--from", "yesterday"], "write now, how long ago, such as 30d"),
        (["--from", "1d", "--to", "2d"], "is not before --to 2d"),
        (["--from", "2026-01-05T10:00:00"], "a time without a zone"),
        (["--policies", POLICIES], "name its program with --opa"),
        (["--contracts", contracts / "nothing"], "No such file"),
    ):
        assert words in backtest(*nowhere, *given, code=2).stderr, given
    assert "did not answer" in backtest(*nowhere, code=1).stderr


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
