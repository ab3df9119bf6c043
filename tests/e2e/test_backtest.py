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
from tests.unit.domain.cost_specimens import FEWER, budget_raw
from tests.unit.domain.specimens import contract_raw, deployment, loop_raw, objective, playbook_raw, redline_raw

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
DEAR = range(500, 440, -1)
"""Minutes before the end of history, by what happens in them."""


@pytest.fixture(scope="module")
def end(prometheus: Prometheus) -> datetime:
    """The end of 30 hours of 100 tasks a minute: 40 bad minutes, six in which a little fails, half an hour unscraped.

    A cent is spent a minute, and half a dollar in each minute of a later hour. Three signals were pushed at last.
    """
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    total, failed, money = list[Sample](), list[Sample](), list[Sample]()
    bad, spent = 0, 0.0
    for back in range(1800, -1, -1):
        bad += 30 if back in BEFORE_END["incident"] else 9 if back in BEFORE_END["blip"] else 0
        spent += 0.5 if back in DEAR else 0.01
        if back not in BEFORE_END["gap"]:
            at = now - timedelta(minutes=back)
            total.append(Sample(at, 100.0 * (1800 - back)))
            failed.append(Sample(at, float(bad)))
            money.append(Sample(at, spent))
    mine = {"job": "replayed", "instance": "a"}
    prometheus.write({series("replayed_total"): total, series("replayed_failed_total"): failed})
    prometheus.write({series("replayed_spend_total", **mine, model="large"): money})
    for name, each in (("occurrences_total", 1.0), ("last", 0.0), ("sum", 1.0)):
        one = series(f"autonomic_signal_{name}", **mine, namespace="shop", signal="LlmJsonFailure", deployment="agent")
        counted = [
            Sample(now - timedelta(minutes=back), 1.0 + each * min(2, 200 - back)) for back in range(200, 186, -1)
        ]
        prometheus.write({one: counted})
    return now


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a contract, loops, the RedLine, workloads, and a budget beside the contract and one where none is."""
    folder = tmp_path_factory.mktemp("contracts")
    indicator = {"ratio": {"bad": "replayed_failed_total", "total": "replayed_total"}}
    promised = objective(target="99", window={"rolling": "1d"}, indicator=indicator, alerting={"windows": TIERS})
    trigger = {"name": "broken", "type": "Signal", "signal": {"type": "LlmJsonFailure"}, "count": 3}
    objects = [contract_raw(objectives=[promised]), loop_raw(), loop_raw("Cost"), loop_raw("Healing"), redline_raw()]
    objects.append(playbook_raw("listens", triggers=[trigger]))
    objects += [each for namespace in ("shop", "lab") for each in _of(namespace)]
    (folder / "all.yaml").write_text(yaml.safe_dump_all(objects))
    yield folder


def _of(namespace: str) -> list[dict[str, Any]]:
    """30 USD in a day that rolls: fewer replicas at nine tenths."""
    source = {"type": "LiteLLM", "liteLLM": {"selector": "replayed_spend_total", "requests": "replayed_requests_total"}}
    limit = {"amount": "30", "currency": "USD", "per": "1d", "window": "Rolling"}
    budget = budget_raw(limit=limit, spend=source, ladder=[{"at": "0.9", "actions": [FEWER]}])
    return [each | {"metadata": {**each["metadata"], "namespace": namespace}} for each in (deployment(), budget)]


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
    assert easy["notKnown"][0]["since"] == first["actsAt"]
    assert not [each for each in shipped["notKnown"] if each["about"] == "shop/agent"]
    assert shipped["plans"][0]["verdict"] != "Approve"
    assert shipped["approvals"]["asked"] + sum(each["outcome"] == "Denied" for each in shipped["plans"]) >= 1
    assert report["differences"][0]["answers"] == ["Approve", shipped["plans"][0]["verdict"]]


def test_money_is_replayed_with_the_rungs_of_its_ladder_and_reliability_comes_first(
    told: tuple[dict[str, Any], str], end: datetime
) -> None:
    report, page = told
    lines = {each["budget"]: each for each in report["money"]}
    (stand,) = lines["lab/team"]["stands"]
    # 14.40 USD a day without the dear hour; 0.49 a minute more reach 27 USD in its 26th minute.
    assert abs(_moment(stand["entered"]) - (end - timedelta(minutes=500 - 26))) <= timedelta(minutes=6)
    assert (stand["rung"], stand.get("left"), stand["spent"][:1]) == ("Constrained", None, "9")
    assert 27 <= float(stand["amount"].removesuffix(" USD")) <= 29.6  # what a look that is five minutes late may find
    (gap,) = lines["lab/team"]["unknown"]
    assert gap["reason"].startswith("no series says what is spent")
    assert 20 <= (_moment(gap["until"]) - _moment(gap["since"])).total_seconds() / 60 <= 31
    easy = report["runs"][0]
    (plan,) = [each for each in easy["plans"] if each["about"].startswith("budget")]
    assert (plan["about"], plan["outcome"], plan["at"]) == ("budget lab/team Constrained", "WouldAct", stand["entered"])
    assert "budget lab/team" in {each["about"] for each in easy["notKnown"]}
    held = [each["message"] for each in easy["remarks"] if each["about"].startswith("CostBudget shop/team")]
    assert any("reliability comes first" in each for each in held)
    assert not any("add up" in each for each in report["notes"])
    assert "lab/team  30 USD in 1d: pressed for" in page


def test_signals_are_those_that_prometheus_scraped_from_the_operator(
    told: tuple[dict[str, Any], str], end: datetime
) -> None:
    report, _ = told
    (plan,) = [each for each in report["runs"][0]["plans"] if each["about"] == "playbook shop/listens"]
    assert (_moment(plan["at"]), plan["outcome"]) == (end - timedelta(minutes=198), "WouldAct")


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
