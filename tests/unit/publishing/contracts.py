"""Contracts of every sort, with what their objectives count."""

from decimal import Decimal
from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.promql import selector
from autonomic.domain.words import Comparison
from autonomic.publishing.rules import Measures, Rules, rules
from autonomic.slo.measures import Events, Fraction, Gauge, HistogramCount, Increase, Latest, Mix, Query

FAILED, ALL = 'tasks_total{app="agent",status="failed"}', 'tasks_total{app="agent"}'
RATIO = {"ratio": {"bad": FAILED, "total": ALL}}
GAUGE = {"threshold": {"selector": 'queue_depth{app="agent"}', "op": "LE", "value": "100"}}


def counter(text: str) -> Increase:
    """A counter's increase."""
    return Increase(selector(text, "test"))


BAD_OF_ALL = Events(total=counter(ALL), bad=counter(FAILED))
DEPTH = Gauge(Latest(selector('queue_depth{app="agent"}', "test"), "max"), Comparison.LE, Decimal(100))
_LLM = selector('llm_seconds{model="small"}', "test")
NATIVE = Events(total=HistogramCount(_LLM), good=Fraction(_LLM, "2.5"))
WHOLE = Events(total=Query("sum(increase(a_total[$window]))"), good=Query("sum(increase(good_total[$window]))"))
WHOLE_GAUGE = Gauge(Query("avg(saturation)"), Comparison.LT, Decimal("0.8"))


def objective(name: str = "success", **content: Any) -> dict[str, Any]:
    """An objective as it is written: 99.5 % over 28 days, unless told otherwise."""
    return {"name": name, "target": "99.5", "window": {"rolling": "28d"}, "indicator": RATIO, **content}


def contract(*objectives: dict[str, Any], name: str = "agent", uid: str = "", **spec: Any) -> SLAContract:
    """A contract in namespace demo."""
    about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent"}
    meta = {"name": name, "namespace": "demo", "uid": uid, "generation": 1}
    return SLAContract.read({"metadata": meta, "spec": {"targetRef": about, "objectives": objectives, **spec}})


_SLICES: dict[str, Any] = {"budgeting": "Timeslices", "slices": {"length": "5m"}, "minEvents": 2}
_COMPOSITE = {"composite": [{"objective": "success", "weight": 2}, {"objective": "tools/calls"}]}
_TOOLS = Events(total=counter("tool_calls_total"), bad=counter('tool_calls_total{ok="false"}'))

SPECIMENS: dict[str, tuple[SLAContract, Measures]] = {
    "ratio": (contract(objective()), {"agent/success": BAD_OF_ALL}),
    "good_events_by_tenant": (
        contract(objective(groupBy=["tenant"])),
        {"agent/success": Events(total=counter(ALL), good=counter('tasks_total{app="agent",status="ok"}'))},
    ),
    "native_latency": (
        contract(objective("latency", target="95", window={"rolling": "7d"})),
        {"agent/latency": NATIVE},
    ),
    "whole_queries": (contract(objective("free")), {"agent/free": WHOLE}),
    "slices_of_a_ratio": (
        contract(objective(**_SLICES | {"slices": {"length": "5m", "target": "99"}})),
        {"agent/success": BAD_OF_ALL},
    ),
    "ratios_of_slices": (
        contract(objective(**_SLICES | {"budgeting": "RatioTimeslices"})),
        {"agent/success": BAD_OF_ALL},
    ),
    "slices_of_a_gauge": (contract(objective("depth", indicator=GAUGE, **_SLICES)), {"agent/depth": DEPTH}),
    "slices_of_a_query": (contract(objective("depth", indicator=GAUGE, **_SLICES)), {"agent/depth": WHOLE_GAUGE}),
    "composite": (
        contract(objective(), objective("whole", indicator=_COMPOSITE)),
        {
            "agent/success": BAD_OF_ALL,
            "tools/calls": _TOOLS,
            "agent/whole": Mix((("agent/success", 2), ("tools/calls", 1))),
        },
    ),
    "calendar_month": (
        contract(objective(window={"calendar": {"unit": "Month", "timeZone": "Europe/Paris"}})),
        {"agent/success": BAD_OF_ALL},
    ),
    "recording_alone": (contract(objective(), publish={"alerts": False}), {"agent/success": BAD_OF_ALL}),
}


def said(specimen: str) -> Rules:
    """The rules of a specimen."""
    about, measures = SPECIMENS[specimen]
    return rules(about, measures)
