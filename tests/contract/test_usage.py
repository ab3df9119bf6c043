"""What rightsizing asks is what a real Prometheus understands, over series as cAdvisor and kube-state-metrics export them."""

import secrets
from datetime import timedelta
from decimal import Decimal

from autonomic.adapters.prometheus import PrometheusMetrics
from autonomic.cost.usage import Usage, moment, questions, read
from autonomic.cycle.asking import ask
from autonomic.domain.meta import ObjectRef
from autonomic.domain.readings import Unknown
from autonomic.domain.spending import Rightsizing
from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, Series, series
from tests.contract.test_spend import AT

MIDNIGHT = moment(AT)
WISH = Rightsizing.model_validate({"window": "1d"})
GIB = 1024**3


def target(name: str) -> ObjectRef:
    return ObjectRef(api_version="apps/v1", kind="Deployment", name=name, namespace="shop")


def written(name: str, pod: str, hours: int) -> dict[Series, list[Sample]]:
    """A pod that uses .25 CPUs, and 1 for an hour, and 1 GiB, and 2 for a moment; so many hours of it."""
    minutes = range(hours * 60, -1, -1)
    seconds = [15.0 * (hours * 60 - back) + max(0, min(60, 300 - back)) * 45 for back in minutes]
    sizes = [2.0 * GIB if back == 77 else 1.0 * GIB for back in minutes]
    labels = {"namespace": "shop", "pod": pod, "container": name}
    found = {"container_cpu_usage_seconds_total": seconds, "container_memory_working_set_bytes": sizes}
    times = [MIDNIGHT - timedelta(minutes=back) for back in minutes]
    return {
        series(metric, **labels): [Sample(at, value) for at, value in zip(times, values, strict=True)]
        for metric, values in found.items()
    }


def promised(name: str, pod: str) -> dict[Series, list[Sample]]:
    """2 CPUs and 4 GiB are requested, 8 GiB allowed, in 3 replicas; nodes cost .04 and .005."""
    whose = {"namespace": "shop", "pod": pod, "container": name}
    now = {
        series("kube_pod_container_resource_requests", resource="cpu", unit="core", **whose): 2.0,
        series("kube_pod_container_resource_requests", resource="memory", unit="byte", **whose): 4.0 * GIB,
        series("kube_pod_container_resource_limits", resource="memory", unit="byte", **whose): 8.0 * GIB,
        series("kube_deployment_spec_replicas", namespace="shop", deployment=name): 3.0,
        series("node_cpu_hourly_cost", node=name): 0.04,
        series("node_ram_hourly_cost", node=name): 0.005,
    }
    return {one: [Sample(MIDNIGHT, value)] for one, value in now.items()}


async def looked(metrics: PrometheusMetrics, name: str) -> Usage | Unknown:
    asked = questions(target(name), WISH, None, AT)
    return read(asked, WISH, await ask(metrics, asked.values()))


async def test_what_was_used_and_given_is_read(prometheus: Prometheus, real: PrometheusMetrics) -> None:
    name = f"agent-{secrets.token_hex(4)}"
    for pod in (f"{name}-5d4c7b9f68-abcde", f"{name}-5d4c7b9f68-fghij"):
        prometheus.write(written(name, pod, 25) | promised(name, pod))
    prometheus.write(written(name, f"{name}-worker-5d4c7b9f68-abcde", 1))  # another workload, whose name begins alike
    found = await looked(real, name)
    assert isinstance(found, Usage), found
    used = {each.resource: (each.used, each.request, each.limit) for each in found.given}
    assert used["Memory"] == (Decimal(2 * GIB), Decimal(4 * GIB), Decimal(8 * GIB))
    cpus, request, limit = used["Cpu"]
    assert (round(cpus, 9), request, limit) == (Decimal(1), Decimal(2), None)
    assert (found.replicas, round(found.busiest, 9)) == (3, Decimal(2))
    assert found.cpu_hour > 0


async def test_a_pod_that_is_younger_than_the_window_says_nothing(
    prometheus: Prometheus, real: PrometheusMetrics
) -> None:
    name = f"agent-{secrets.token_hex(4)}"
    pod = f"{name}-5d4c7b9f68-abcde"
    prometheus.write(written(name, pod, 20) | promised(name, pod))
    found = await looked(real, name)
    assert isinstance(found, Unknown)
    assert found.reason == "HistoryTooShort"
    assert isinstance(await looked(real, "nobody"), Unknown)
