"""The PromQL of spend: money, tokens or tasks of one stretch, a row for each combination of the labels that name who spent."""

from autonomic.cost.windows import Stretch
from autonomic.slo.measures import WINDOW

_PART = "autonomic_part"
"""Keeps the parts of one sum apart, whose series have the same labels."""
LOOKBACK = "1d"
"""A series that was seen in the day before a stretch is not new but comes back, whatever the gap: questions about counters must
be asked with this look-back, so that what lies in a gap across the edge of a stretch is counted."""
_GIB = 1024**3
_EVEN = 300


def rise(found: str, by: tuple[str, ...], stretch: Stretch, *, anchored: bool) -> str:
    """What counters counted in the stretch.

    `anchored` is exact but for the first value of a series that began in it. That is counted too, where the target was scraped
    before, or its process began in the stretch: then the counter began at zero.
    """
    if not anchored:
        return f"sum{_by(by)} (increase({found}[{stretch.range}]))"
    length = stretch.range
    watched = f"max by (job, instance) (last_over_time(up[5m] offset {length})) == 1"
    born = (
        f"max by (job, instance) (last_over_time(process_start_time_seconds[{length}])) >= time() - {stretch.seconds}"
    )
    first = (
        f"(first_over_time({found}[{length}]) unless last_over_time({found}[{LOOKBACK}] offset {length}))"
        f" and on (job, instance) ({watched} or {born})"
    )
    return f"sum{_by(by)} ({_parts({'rise': f'increase({found}[{length}] anchored)', 'first': first})})"


def allocation(matched: str, by: tuple[str, ...], stretch: Stretch) -> str:
    """What CPU, memory and GPUs cost that OpenCost says pods were given, sampled every five minutes, or every minute."""
    step = _EVEN if stretch.seconds % _EVEN == 0 else 60
    given = {
        "cpu": _priced(f"container_cpu_allocation{matched}", "node_cpu_hourly_cost"),
        "memory": _priced(f"container_memory_allocation_bytes{matched} / {_GIB}", "node_ram_hourly_cost"),
        "gpu": _priced(f"container_gpu_allocation{matched}", "node_gpu_hourly_cost"),
    }
    return f"sum_over_time((sum{_by(by)} ({_parts(given)}))[{stretch.range}:{step}s]) * {step} / 3600"


def whole(text: str, stretch: Stretch) -> str:
    """A query that people wrote, over the stretch."""
    return f"({text.replace(WINDOW, stretch.range)})"


def newest(found: str, by: tuple[str, ...]) -> str:
    """When spend was last heard of, in seconds since the epoch, for each tenant.

    A restarted exporter has no series until somebody spends: then its target counts, as long as it is scraped well.
    """
    alive = "timestamp(up) and on (job, instance) (up == 1)"
    known = f"count by (job) (last_over_time({found}[{LOOKBACK}]))"
    return f"max{_by(by)} ({_parts({'spend': f'timestamp({found})', 'target': f'({alive}) and on (job) {known}'})})"


def there(found: str, by: tuple[str, ...]) -> str:
    """How many series there were in the day before, for each tenant: none is a sign that nobody counted yet."""
    return f"count{_by(by)} (last_over_time({found}[{LOOKBACK}]))"


def _priced(amount: str, rate: str) -> str:
    return f"{amount} * on (node) group_left () max by (node) ({rate})"


def _parts(named: dict[str, str]) -> str:
    return " or ".join(f'label_replace({expr}, "{_PART}", "{name}", "", "")' for name, expr in named.items())


def _by(labels: tuple[str, ...]) -> str:
    return f" by ({', '.join(labels)})" if labels else ""
