"""What a workload costs an hour, asked of a real Prometheus, over series as kube-state-metrics and OpenCost export them."""

import secrets
import struct
from datetime import datetime, timedelta
from decimal import Decimal

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cost import allocation
from autonomic.cost.spend import Figures
from autonomic.cycle.asking import ask
from autonomic.domain.meta import ObjectRef
from autonomic.domain.readings import Unknown
from autonomic.domain.savings import CostVerification
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series
from tests.contract.test_spend import AT

GIB = 1024**3
PRICES = ("0.04", "0.005")
HALVED = AT - timedelta(minutes=10)
STOPPED = AT - timedelta(minutes=3)
(GONE,) = struct.unpack("<d", (0x7FF0000000000002).to_bytes(8, "little"))
"""The NaN that ends a series: what Prometheus writes when a target exports it no more."""


def named() -> ObjectRef:
    return ObjectRef(api_version="apps/v1", kind="Deployment", name=f"agent-{secrets.token_hex(4)}", namespace="shop")


def write(prometheus: Prometheus, of: ObjectRef) -> None:
    """Two pods of 2 CPUs and 4 GiB, of 1 CPU from `HALVED` on, and none any more at `STOPPED`; a sample every 15 s."""
    times = [AT - timedelta(seconds=15 * back) for back in range(120, -1, -1)]
    asked = [(each, 1.0 if each > HALVED else 2.0) for each in times if each < STOPPED]
    gone = [Sample(STOPPED, GONE)]
    for pod in (f"{of.name}-5d4c7b9f68-abcde", f"{of.name}-5d4c7b9f68-fghij"):
        whose = {"namespace": "shop", "pod": pod, "container": "app"}
        cpu = series("kube_pod_container_resource_requests", resource="cpu", unit="core", **whose)
        size = series("kube_pod_container_resource_requests", resource="memory", unit="byte", **whose)
        cpus = [Sample(each, value) for each, value in asked]
        prometheus.write({cpu: cpus + gone, size: [Sample(each, 4.0 * GIB) for each, _ in asked] + gone})
    wanted = series("kube_deployment_spec_replicas", namespace="shop", deployment=of.name)
    prometheus.write({wanted: [Sample(each, 0.0 if each >= STOPPED else 2.0) for each in times]})
    prices = {series("node_cpu_hourly_cost", node=of.name): 0.04, series("node_ram_hourly_cost", node=of.name): 0.005}
    prometheus.write({one: [Sample(each, value) for each in times] for one, value in prices.items()})


def judged(of: ObjectRef, window: str, prices: tuple[str, str] | None = PRICES) -> CostVerification:
    """A plan's verification, whose replicas are counted."""
    return CostVerification(
        budget="team",
        window=window,
        basis="Replica",
        hourly=allocation.hourly(of, prices, None),
        replicas=allocation.replicas(of, None),
        over="1h",
        spent="0.2",
        tasks="2",
        least="0.05",
        currency="USD",
    )


async def looked(metrics: PrometheusMetrics, wanted: CostVerification, at: datetime) -> tuple[Decimal, Decimal]:
    """What it cost an hour on the mean of the window, and its replicas."""
    answers = await ask(metrics, allocation.asked(wanted, at).values())
    found = allocation.figures(wanted, at, answers)
    assert isinstance(found, Figures) and found.tasks is not None, found
    hours = Decimal(found.stretch.seconds) / 3600
    return round(found.amount / hours, 6), round(found.tasks / hours, 6)


async def test_what_pods_request_is_priced_and_the_mean_of_a_window_goes_by_how_long(
    prometheus: Prometheus, real: PrometheusMetrics
) -> None:
    of = named()
    write(prometheus, of)
    before, after = Decimal("0.2"), Decimal("0.12")
    assert await looked(real, judged(of, "5m"), HALVED) == (before, Decimal(2))
    assert await looked(real, judged(of, "5m"), STOPPED - timedelta(seconds=30)) == (after, Decimal(2))
    mixed, _ = await looked(real, judged(of, "5m"), HALVED + timedelta(minutes=2))
    assert after < mixed < before


async def test_a_workload_without_pods_costs_nothing_and_one_that_nobody_knows_is_unknown(
    prometheus: Prometheus, real: PrometheusMetrics
) -> None:
    of = named()
    write(prometheus, of)
    assert await looked(real, judged(of, "1m"), AT) == (Decimal(0), Decimal(0))
    nobody = judged(named(), "5m")
    answers = await ask(real, allocation.asked(nobody, AT).values())
    assert isinstance(allocation.figures(nobody, AT, answers), Unknown)


async def test_without_prices_opencosts_of_nodes_count(prometheus: Prometheus, real: PrometheusMetrics) -> None:
    of = named()
    write(prometheus, of)
    hourly, _ = await looked(real, judged(of, "1m", prices=None), STOPPED - timedelta(seconds=30))
    assert hourly > 0
