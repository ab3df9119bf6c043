"""What a backtest of 30 days and 200 contracts takes: a real Prometheus and a real OPA, the backtest on one core.

The history has a sample a minute of two counters for each contract, over 30 days and the 28 days before that the first budget
rests on. Each contract has incidents at random times, short and long, mild and bad. With `--budgets` there are CostBudgets as
well, of a day each, by turns of one source and of a source of their own; one day in six costs more than there is.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import requests

from autonomic.adapters.collector import space_out
from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.backtest.report import Backtest
from autonomic.backtest.running import Policies, Step, Wish, backtest
from autonomic.cli.backtest.page import page
from autonomic.domain.words import API_VERSION
from autonomic.environment.server import MetricsServer
from autonomic.sdk.policy import opened
from autonomic.simulate import Scenario
from benchmarks.slo.feeding import Whole, encoded, send
from benchmarks.slo.fleet import Fleet
from benchmarks.slo.measuring import cpu_seconds, resident_mib
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import OPA
from testbed.prometheus import Prometheus, start_prometheus
from testbed.remote_write import series
from testbed.run import Run

PERIOD = 28
_DAY = 1440
_RATE = 400
_INCIDENTS = 4
_DEAR = 1 / 6
"""Share of days that cost more than there is."""
_MINUTES = (5, 20, 60, 360)
_SHARES = (0.01, 0.03, 0.1, 0.4)
_PIECE = 5 * _DAY
_TIMEOUT = 60.0
_LONGEST_REST, _LOOK, _BUSY = 180.0, 5.0, 0.25
"""Seconds; of CPU, the last: what used less between two looks is at rest."""


def main() -> None:
    """Prints a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contracts", type=int, default=200)
    parser.add_argument("--budgets", type=int, default=0)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--html", type=Path, help="write the page into this file")
    given = parser.parse_args()
    ensure_built((OPA,))
    with Run() as run:
        prometheus = start_prometheus(run)
        end = int(time.time()) // 60 - 1
        fleet = Fleet(given.contracts, templates=max(1, given.contracts // 10), period=f"{PERIOD}d")
        _feed(prometheus.url, fleet, end - (given.days + PERIOD) * _DAY - 60, end)
        _spend(prometheus.url, given.budgets, end - (given.days + 2) * _DAY, end)
        _rest(prometheus.service.process.pid)
        line, found = asyncio.run(_measured(prometheus, _scenario(fleet, given.budgets), given.days, end))
    print(json.dumps({"contracts": given.contracts, "budgets": given.budgets, **line}), flush=True)
    if given.html:
        given.html.write_text(page(found))


def _feed(url: str, fleet: Fleet, first: int, last: int) -> None:
    """Every minute of every counter, a stretch after the other."""
    random = np.random.default_rng(7)
    pairs = list(fleet.pairs())
    failed = [_failed(random, last - first + 1) for _ in pairs]
    with requests.Session() as session:
        for start in range(first, last + 1, _PIECE):
            minutes = np.arange(start, min(start + _PIECE, last + 1), dtype=np.int64)
            for at in range(0, len(pairs), 20):
                body = b"".join(_counters(pairs[at : at + 20], failed[at : at + 20], minutes, first))
                send(session, url, body)


def _spend(url: str, budgets: int, first: int, last: int) -> None:
    """Cents and requests of every agent, a stretch after the other."""
    random = np.random.default_rng(11)
    days = np.where(random.random((budgets, (last - first) // _DAY + 2)) < _DEAR, 11, 6)
    spent = [np.cumsum(random.poisson(np.repeat(each, _DAY)[: last - first + 1])) for each in days]
    with requests.Session() as session:
        for start in range(first, last + 1, _PIECE):
            minutes = np.arange(start, min(start + _PIECE, last + 1), dtype=np.int64)
            for at, cents in enumerate(spent):
                send(session, url, b"".join(_money(at, cents[minutes - first], minutes)))


def _money(at: int, cents: Whole, minutes: Whole) -> Iterator[bytes]:
    labels = {"job": "proxy", "instance": "a", "api_key_alias": f"agent-{at}", "model": "large"}
    for metric in ("litellm_spend_metric_total", "litellm_requests_metric_total"):
        yield encoded(series(metric, **labels), minutes, cents)


def _rest(pid: int) -> None:
    """Returns when Prometheus has compacted what was fed, or when that takes too long."""
    until = time.monotonic() + _LONGEST_REST
    used, before = cpu_seconds(pid), -_BUSY
    while used - before >= _BUSY and time.monotonic() < until:
        time.sleep(_LOOK)
        before, used = used, cpu_seconds(pid)


def _counters(pairs: list[tuple[int, int]], failed: list[Whole], minutes: Whole, first: int) -> Iterator[bytes]:
    for (template, number), bad in zip(pairs, failed, strict=True):
        lost, labels = bad[minutes - first], {"app": f"agent-{number}"}
        yield encoded(series(f"tasks_{template}_total", **labels, status="failed"), minutes, lost)
        yield encoded(
            series(f"tasks_{template}_total", **labels, status="done"), minutes, _RATE * (minutes - first) - lost
        )


def _failed(random: np.random.Generator, minutes: int) -> Whole:
    """How many failed up to each minute: one in 2,000, and more in an incident."""
    rate = (random.random(minutes) < _RATE / 2000).astype(np.int64)
    for _ in range(_INCIDENTS * minutes // (30 * _DAY)):
        start, length = int(random.integers(minutes)), int(random.choice(_MINUTES))
        rate[start : start + length] += int(_RATE * float(random.choice(_SHARES)))
    summed: Whole = np.cumsum(rate)
    return summed


async def _measured(prometheus: Prometheus, given: Scenario, days: int, end: int) -> tuple[dict[str, Any], Backtest]:
    space_out()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    until = datetime.fromtimestamp(end * 60, UTC)
    pid, steps = prometheus.service.process.pid, dict[Step, tuple[float, float]]()
    async with (
        aclosing(PrometheusMetrics(MetricsServer(prometheus.url, timeout=_TIMEOUT))) as metrics,
        opened(str(program_path(OPA)), Path("policies")) as engine,
    ):
        wish = Wish(given, until - timedelta(days=days), until, [Policies("policies", engine)])
        theirs, ours, wall = cpu_seconds(pid), time.process_time(), time.perf_counter()
        found = await backtest(
            wish,
            metrics,
            # At the end of a step alone: a look at the CPU of all threads costs as much as a moment that is played.
            lambda step, done, of: (
                steps.update({step: (time.perf_counter() - wall, time.process_time() - ours)}) if done == of else None
            ),
        )
        took = time.perf_counter() - wall
        return _line(days, found, steps) | {
            "backtest_s": round(took, 1),
            "cpu_s": round(time.process_time() - ours, 1),
            "prometheus_cpu_s": round(cpu_seconds(pid) - theirs, 1),
            "rss_mib": round(resident_mib()),
        }, found


def _line(days: int, found: Backtest, steps: dict[Step, tuple[float, float]]) -> dict[str, Any]:
    """Of each step the time that it took, and the CPU of this process: of a machine that is shared, that tells more."""
    ends = [(0.0, 0.0), *steps.values()]
    return {
        "days": days,
        "rungs": sum(len(each.stands) for each in found.money),
        "alerts": len(found.alerts),
        "plans": len(found.runs[0].plans),
        **{f"{step.lower()}_s": round(ends[at + 1][0] - ends[at][0], 1) for at, step in enumerate(steps)},
        **{f"{step.lower()}_cpu_s": round(ends[at + 1][1] - ends[at][1], 1) for at, step in enumerate(steps)},
    }


def _scenario(fleet: Fleet, budgets: int) -> Scenario:
    objects: list[dict[str, Any]] = [fleet.namespace(), _ours("RedLine", "default", {})]
    objects.append(_ours("ControlLoop", "reliability", {"type": "Reliability", "mode": "Enforce"}))
    for name in fleet.names():
        raw = fleet.contract(name)
        raw["spec"]["adaptations"] = [
            {"levels": ["Breach"], "actions": [{"type": "Scale", "scale": {"by": 2, "max": 10}}]}
        ]
        objects.append(raw)
    objects.append(_ours("ControlLoop", "cost", {"type": "Cost", "mode": "Enforce"}))
    objects += [_budget(at, fleet.namespace()["metadata"]["name"]) for at in range(budgets)]
    return Scenario(objects=tuple(objects))


def _budget(at: int, namespace: str) -> dict[str, Any]:
    agent = f"agent-{at}"
    source = {"selector": f'litellm_spend_metric_total{{api_key_alias="{agent}"}}'} if at % 2 else {}
    spec = {
        "limit": {"amount": "10000", "currency": "USD", "per": "1d"},
        "spend": {"type": "LiteLLM", "liteLLM": source},
        "scope": {} if at % 2 else {"agents": [agent]},
        "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"spender-{at}"},
        "ladder": [
            {"at": "0.9", "actions": [{"type": "Scale", "scale": {"by": -1, "min": 1, "max": 10}}]},
            {"at": "1"},
        ],
        "mode": "Enforce",
    }
    made = _ours("CostBudget", agent, spec)
    return made | {"metadata": {**made["metadata"], "namespace": namespace}}


def _ours(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}


if __name__ == "__main__":
    main()
