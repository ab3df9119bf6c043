"""What a workload costs an hour: what its pods request, as kube-state-metrics says that it is in force, times prices."""

from datetime import datetime
from decimal import Decimal

from autonomic.cost.spend import Figures
from autonomic.cost.usage import replicas_of, requested
from autonomic.cost.windows import Stretch
from autonomic.domain.meta import ObjectRef
from autonomic.domain.promql import Matcher
from autonomic.domain.readings import Answers, Known, Question, Reading, Unknown
from autonomic.domain.savings import CostVerification
from autonomic.domain.servers import DEFAULT
from autonomic.domain.units import duration, milliseconds, span

HOUR = Decimal(3600)
_GIB = 1024**3
_MINUTE = 60_000
NOT_ASKED = Unknown("NotAsked", "the metrics server was not asked yet")
_NOTHING = Unknown(
    "Absent",
    "nothing says what its pods request, or at which price: look whether kube-state-metrics and OpenCost are scraped",
)

Prices = tuple[str, str]
"""What a CPU and a GiB of memory cost an hour."""


def hourly(of: ObjectRef, prices: Prices | None, tenant: Matcher | None) -> str:
    """PromQL of its cost an hour; by OpenCost's prices of nodes where none are given. A workload without pods costs nothing."""
    none = f"0 * max({replicas_of(of, tenant)})"
    cpus, size = (f"(sum({requested(of, tenant, each)}) or {none})" for each in ("cpu", "memory"))
    cpu, gib = prices or ("avg(node_cpu_hourly_cost)", "avg(node_ram_hourly_cost)")
    return f"{cpus} * {cpu} + {size} / {_GIB} * {gib}"


def replicas(of: ObjectRef, tenant: Matcher | None) -> str:
    """PromQL of how many replicas it shall have."""
    return f"max({replicas_of(of, tenant)})"


def over(expr: str, window: str) -> str:
    """Its mean over the window; as it is now where that is a minute or less."""
    length = milliseconds(window)
    return expr if length <= _MINUTE else f"avg_over_time(({expr})[{window}:{duration(max(15_000, length // 10))}])"


def asked(wanted: CostVerification, at: datetime) -> dict[str, Question]:
    """What is asked of the window that ends then."""
    named = {"hourly": wanted.hourly, "replicas": wanted.replicas}
    server = wanted.server or DEFAULT
    return {name: Question(over(expr, wanted.window), at, server=server) for name, expr in named.items() if expr}


def figures(wanted: CostVerification, at: datetime, answers: Answers) -> Figures | Unknown:
    """What it cost in that window, and for how many hours of replicas."""
    told = {name: answers.get(each, NOT_ASKED) for name, each in asked(wanted, at).items()}
    numbers = {name: number(each) for name, each in told.items()}
    unknown = next((each for each in numbers.values() if isinstance(each, Unknown)), None)
    if unknown:
        return unknown
    window = span(wanted.window)
    hours = Decimal(milliseconds(wanted.window)) / 1000 / HOUR
    held = {name: each * hours for name, each in numbers.items() if isinstance(each, Decimal)}
    return Figures(Stretch(at - window, at), held["hourly"], held.get("replicas"), None)


def number(reading: Reading) -> Decimal | Unknown:
    """What is no number, none, or a negative one is Unknown."""
    if isinstance(reading, Known):
        return reading.value if reading.value >= 0 else Unknown("NotANumber", f"{reading.value} is below nothing")
    return reading if isinstance(reading, Unknown) else _NOTHING
