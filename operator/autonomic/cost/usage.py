"""What a workload used in a window, and what it was given: the questions, and their answers read.

Metrics are those of cAdvisor (the kubelet) and kube-state-metrics. Pods are found by the names that controllers give them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from autonomic.domain.meta import ObjectRef
from autonomic.domain.promql import Matcher, Selector
from autonomic.domain.readings import Answers, Known, Question, Reading, Several, Unknown
from autonomic.domain.servers import DEFAULT
from autonomic.domain.spending import Rightsizing
from autonomic.domain.units import duration, milliseconds
from autonomic.slo.rows import quoted

RESOURCES = ("Cpu", "Memory")
_PODS = {"Deployment": "-[a-z0-9]{1,10}-[a-z0-9]{5}", "StatefulSet": "-[0-9]+"}
_REPLICAS = {
    "Deployment": ("kube_deployment_spec_replicas", "deployment"),
    "StatefulSet": ("kube_statefulset_replicas", "statefulset"),
}
_HOUR = 3_600_000
_NOT_ASKED = Unknown("NotAsked", "the metrics server was not asked yet")
_NOTHING = Unknown("Absent", "no container is known there")
KINDS = tuple(_PODS)


@dataclass(frozen=True, slots=True)
class Given:
    """One resource of one container: the most that was used (p99 of CPU), and what it is promised and allowed. CPUs, bytes."""

    container: str
    resource: str
    used: Decimal
    request: Decimal | None
    limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Usage:
    """A workload over the window. `busiest` is the p99 of the CPUs that all its pods used together."""

    given: tuple[Given, ...]
    replicas: int
    busiest: Decimal
    cpu_hour: Decimal
    gib_hour: Decimal


def moment(now: datetime) -> datetime:
    """The last midnight: the answers of a day are the same all day, and so are the plans that follow from them."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def questions(of: ObjectRef, wish: Rightsizing, tenant: Matcher | None, now: datetime) -> dict[str, Question]:
    """By name; those about containers have one number for each."""
    at, window = moment(now), wish.window
    used = _pods(of, tenant, Matcher("container", "!=", ""), Matcher("container", "!=", "POD"))
    rate = f"rate(container_cpu_usage_seconds_total{used}[5m])"
    since = duration(milliseconds(window) - _HOUR)
    each = {
        "used.Cpu": f"quantile_over_time(0.99, {rate}[{window}:5m])",
        "used.Memory": f"max_over_time(container_memory_working_set_bytes{used}[{window}])",
        "history": f"present_over_time(container_memory_working_set_bytes{used}[1h] offset {since})",
    }
    for resource in RESOURCES:
        named = _pods(of, tenant, Matcher("resource", "=", resource.lower()))
        each[f"request.{resource}"] = requested(of, tenant, resource.lower())
        each[f"limit.{resource}"] = f"kube_pod_container_resource_limits{named}"
    server = wish.server or DEFAULT
    asked = {
        name: Question(f"max by (container) ({expr})", at, by="container", server=server) for name, expr in each.items()
    }
    return asked | {name: Question(expr, at, server=server) for name, expr in _whole(of, wish, tenant, rate).items()}


def requested(of: ObjectRef, tenant: Matcher | None, resource: str) -> str:
    """PromQL of what each container of its pods requests of `cpu` or `memory`."""
    return f"kube_pod_container_resource_requests{_pods(of, tenant, Matcher('resource', '=', resource))}"


def replicas_of(of: ObjectRef, tenant: Matcher | None) -> str:
    """PromQL of the replicas that a Deployment or StatefulSet shall have."""
    metric, label = _REPLICAS[of.kind]
    here = (Matcher("namespace", "=", of.namespace or ""), Matcher(label, "=", of.name))
    return str(Selector(metric, ()).also(*here, *_held(tenant)))


def _whole(of: ObjectRef, wish: Rightsizing, tenant: Matcher | None, rate: str) -> dict[str, str]:
    asked = {
        "replicas": f"max({replicas_of(of, tenant)})",
        "busiest": f"quantile_over_time(0.99, sum({rate})[{wish.window}:5m])",
    }
    if wish.cpu_hour is None:
        asked |= {"cpu_hour": "avg(node_cpu_hourly_cost)", "gib_hour": "avg(node_ram_hourly_cost)"}
    return asked


class _NotKnownError(Exception):
    def __init__(self, why: Unknown) -> None:
        super().__init__(why.message)
        self.why = why


def read(asked: Mapping[str, Question], wish: Rightsizing, answers: Answers) -> Usage | Unknown:
    """Unknown where history is shorter than the window, or anything but a request or a limit is not there."""
    told = {name: answers.get(each, _NOT_ASKED) for name, each in asked.items()}
    try:
        return _usage(told, wish)
    except _NotKnownError as error:
        return error.why


def _usage(told: Mapping[str, Reading], wish: Rightsizing) -> Usage:
    found = []
    for resource in RESOURCES:
        used, request, limit = (_many(told[f"{name}.{resource}"]) for name in ("used", "request", "limit"))
        found += [Given(name, resource, used[name], request.get(name), limit.get(name)) for name in sorted(used)]
    _long_enough({each.container for each in found}, _many(told["history"]), wish)
    priced = {name: _one(told[name], name) for name in ("cpu_hour", "gib_hour") if name in told}
    return Usage(
        tuple(found),
        int(_one(told["replicas"], "replicas")),
        _one(told["busiest"], "busiest"),
        priced.get("cpu_hour", Decimal(wish.cpu_hour or 0)),
        priced.get("gib_hour", Decimal(wish.gib_hour or 0)),
    )


def _long_enough(containers: set[str], known: Mapping[str, Decimal], wish: Rightsizing) -> None:
    """Raises unless all of them were there when the window began."""
    young = sorted(containers - set(known))
    if young or not containers:
        whose = f"container {', '.join(young)}" if young else "no container"
        message = f"{whose} was there {wish.window} ago: what is used in such a time is not known yet"
        raise _NotKnownError(Unknown("HistoryTooShort", message))


def _many(reading: Reading) -> Mapping[str, Decimal]:
    """The numbers by container; one that is none spoils them all."""
    if not isinstance(reading, Several):
        raise _NotKnownError(reading if isinstance(reading, Unknown) else _NOTHING)
    for each in reading.readings.values():
        if isinstance(each, Unknown):
            raise _NotKnownError(each)
    return {name: each.value for name, each in reading.readings.items() if isinstance(each, Known) and name}


def _one(reading: Reading, name: str) -> Decimal:
    if isinstance(reading, Known):
        return reading.value
    why = f"nothing says what {name} is: look whether kube-state-metrics, cAdvisor and OpenCost are scraped"
    raise _NotKnownError(reading if isinstance(reading, Unknown) else Unknown("Absent", why))


def _pods(of: ObjectRef, tenant: Matcher | None, *more: Matcher) -> Selector:
    pods = Matcher("pod", "=~", f"{quoted(of.name)}{_PODS[of.kind]}")
    return Selector("", ()).also(Matcher("namespace", "=", of.namespace or ""), pods, *_held(tenant), *more)


def _held(tenant: Matcher | None) -> tuple[Matcher, ...]:
    return (tenant,) if tenant else ()
