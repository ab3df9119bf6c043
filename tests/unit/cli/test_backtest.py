"""What `autonomic backtest` takes for a stretch of time, and how a report is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from autonomic.backtest.report import Backtest
from autonomic.cli.backtest.asked import objects, stretch
from autonomic.cli.backtest.page import page
from autonomic.cli.backtest.showing import show
from autonomic.cli.slo.sources import REAL, Sources
from autonomic.domain.errors import Invalid
from autonomic.ports.cluster import Cluster
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.settings import Settings
from tests.unit.domain.specimens import contract_raw, playbook_raw, redline_raw

NOW = datetime(2026, 1, 31, 10, 0, 30, tzinfo=UTC)
MINUTE = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


def test_a_stretch_is_written_as_how_long_ago_or_as_moments() -> None:
    assert stretch("30d", "now", NOW) == (MINUTE - timedelta(days=30), MINUTE)
    assert stretch("2026-01-05T10:00:00+02:00", "1d12h", NOW) == (
        datetime(2026, 1, 5, 8, tzinfo=UTC),
        MINUTE - timedelta(hours=36),
    )


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("last week", "now", "--from last week: write now, how long ago"),
        ("30d", "2026-02-30", "--to 2026-02-30: write now"),
        ("2026-01-05", "now", "a time without a zone"),
        ("1h", "2h", "--from 1h is not before --to 2h"),
        ("1h", "2026-02-01T00:00:00Z", "is in the future"),
    ],
)
def test_what_is_no_stretch_of_the_past_is_refused_with_the_way_out(since: str, until: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        stretch(since, until, NOW)


async def test_from_a_cluster_comes_what_decides_without_what_the_operator_said_of_it() -> None:
    cluster = MemoryCluster(ManualClock(NOW))
    cluster.hold(contract_raw() | {"status": {"observedGeneration": 7}})
    cluster.hold(playbook_raw())
    cluster.hold(redline_raw())
    cluster.hold({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})

    @asynccontextmanager
    async def opened(_: Settings) -> AsyncIterator[Cluster]:
        yield cluster

    sources = Sources(opened, REAL.metrics, ManualClock(NOW))
    async with objects(sources, Settings.read(), [], []) as (given, reads):
        assert reads is cluster
        kinds = {raw["kind"] for raw in given.scenario.objects}
        assert kinds == {"SLAContract", "SelfHealingPlaybook", "RedLine", "Namespace"}
        assert not any("status" in raw for raw in given.scenario.objects)


def plan(policies: str, **more: Any) -> dict[str, Any]:
    one = {
        "at": MINUTE - timedelta(hours=4),
        "namespace": "shop",
        "name": "agent-1",
        "about": "shop/agent success",
        "targets": ["Deployment shop/agent"],
        "action": "scale from 2 to 4 replicas",
        "because": "it burns",
        "verdict": "Approve",
        "reasons": [HOSTILE],
        "outcome": "WouldAct",
        "actsAt": MINUTE - timedelta(hours=4),
        "askedAt": None,
        "course": "Known",
        "saved": {"least": 0, "most": 0.25},
        **more,
    }
    hours = [0] * 24
    hours[3] = 2
    approvals = {"asked": 2, "aWeek": 14, "byHour": hours, "byWeekday": [2, 0, 0, 0, 0, 0, 0], "nightsAndWeekends": 2}
    doubt = {"about": "shop/agent", "since": one["at"], "until": MINUTE, "plan": "agent-1"}
    return {
        "policies": policies,
        "plans": [one],
        "notKnown": [doubt],
        "remarks": [],
        "approvals": approvals,
        "notes": [HOSTILE],
    }


def money() -> dict[str, Any]:
    """A budget that was pressed for an hour, and whose spend was not known in another."""
    began = MINUTE - timedelta(hours=3)
    stand = {
        "rung": "Downgrade", "entered": began, "left": began + timedelta(hours=1), "beganBefore": False, "pressedBy": "",
        "spent": "95%", "amount": "95.00 USD", "forecast": "120.00 USD", "exhaustsAt": MINUTE, "because": HOSTILE,
    }  # fmt: skip
    return {
        "budget": "shop/triage", "amount": "100", "currency": "USD", "per": "1d", "window": "Calendar",
        "rungs": [{"rung": "Downgrade", "at": 0.9}], "highest": "Downgrade", "pressedSeconds": 3600, "stands": [stand],
        "unknown": [{"since": began - timedelta(hours=1), "until": began, "reason": HOSTILE}],
        "since": began, "stepSeconds": 3600, "spent": [0.2, None, 0.95, 2.0],
    }  # fmt: skip


def report() -> Backtest:
    """A day with one alert, a trouble that was missed, and two sets of policies that differ."""
    named = {"contract": "shop/agent", "objective": "success"}
    began = MINUTE - timedelta(hours=5)
    spent = {"began": began, "ended": MINUTE, "budgetSpent": 0.4}
    alert = {**named, **spent, "peak": "Breach", "beganBefore": False, "troubleBegan": began, "detectionSeconds": 300}
    waits = plan("b", verdict="RequireApproval", outcome="Expired", actsAt=None)
    quality = {
        "alerts": 1, "judged": 1, "falseAlarms": 0, "precision": 1.0, "troubles": 2, "missed": 1, "recall": 0.5,
        "detectionSeconds": 300, "detectionLongestSeconds": 300, "resetSeconds": None, "ofNote": 0.02,
    }  # fmt: skip
    return Backtest.model_validate(
        {
            "since": MINUTE - timedelta(days=1),
            "until": MINUTE,
            "contracts": 1,
            "objectives": 1,
            "quality": quality,
            "alerts": [{**alert, "resetSeconds": None, "falseAlarm": False}],
            "troubles": [{**named, **spent, "found": False}],
            "runs": [plan("a"), waits],
            "differences": [
                {
                    "about": "shop/agent success",
                    "at": began,
                    "action": "scale",
                    "answers": ["Approve", "RequireApproval"],
                }
            ],
            "money": [money()],
            "budgets": [{**named, "since": began, "stepSeconds": 3600, "remaining": [1.0, None, 0.6, -2.0]}],
            "unknown": [{**named, "since": began, "until": MINUTE, "reason": HOSTILE}],
            "notes": [],
        }
    )


def test_the_page_says_what_the_report_says_and_escapes_all_of_it() -> None:
    text = page(report())
    assert HOSTILE not in text
    assert text.count("&lt;script&gt;") >= 4
    for words in ("Approve, WouldAct", "0.0% to 25.0%", "Differences", "Troubles without an alert", "not known"):
        assert words in text, words
    assert text.count("<svg") == text.count("</svg>") == 6
    for words in ("pressed for 1h, highest Downgrade", "95.00 USD of 100 USD spent (95%)", "budget shop/triage"):
        assert words in text, words


def test_the_terminal_says_the_same_in_short() -> None:
    out = StringIO()
    show(report(), Console(file=out, width=400))
    text = out.getvalue()
    for words in (
        "precision 100.0%",
        "recall 50.0%",
        "detection time 5m",
        "people asked 2 times (14 a week), 2 of them at night",
        "budget saved 0.0% to 25.0%",
        "shop/agent success: Approve | RequireApproval",
        "shop/triage  100 USD in 1d: pressed for 1h, highest Downgrade",
        "shop/triage Downgrade: 95.00 USD of 100 USD spent (95%); 120.00 USD by the end of the window; nothing left by",
    ):
        assert words in text, words
