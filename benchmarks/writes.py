"""What the operator costs the API server: writes for each plan, and for each quiet cycle.

Counted from the API server's audit log; refused writes, dry runs, the Lease's renewals and Events are left out. A plan is
one whole story: a budget burns, a person approves, a Deployment is scaled, the SLO recovers. JSON lines; the last one is
the summary.
"""

import json
import secrets
import sys
from collections import Counter
from datetime import UTC, datetime

import requests
from prometheus_client.parser import text_string_to_metric_families

from testbed.audit import Write
from testbed.choice import open_cluster
from testbed.cluster import Cluster
from testbed.installation import enforce, install
from testbed.opa import start_opa
from testbed.operator_process import start_operator
from testbed.prometheus import start_prometheus
from testbed.run import Run
from testbed.showcase import POLICIES
from testbed.waiting import until
from testbed.world import World, contract, phase

PLANS = 3
QUIET_CYCLES = 20
ENVIRONMENT = {"AUTONOMIC_INGESTION_DELAY": "1s", "AUTONOMIC_LEASE_SECONDS": "5"}
NOT_COUNTED = ("leases", "events")
GOAL_PER_PLAN = 6
TURNS = "autonomic_loop_turns_total"


def main() -> int:
    """Measures, prints, and fails when a goal is missed."""
    with Run() as run:
        cluster, prometheus, opa = open_cluster(run), start_prometheus(run), start_opa(run, POLICIES)
        install(cluster)
        enforce(cluster)
        operator = start_operator(run, cluster, prometheus.url, opa.url, extra_env=ENVIRONMENT)
        # First, since the contracts of ended stories lose their traffic, and to say so is a change.
        quiet = _quiet(World(cluster, operator, _namespace(cluster), prometheus))
        plans = [_plan(World(cluster, operator, _namespace(cluster), prometheus)) for _ in range(PLANS)]
    summary = {"writes_per_plan": max(plans), "writes_per_quiet_cycle": quiet / QUIET_CYCLES}
    print(json.dumps(summary))
    return 0 if summary["writes_per_plan"] <= GOAL_PER_PLAN and quiet == 0 else 1


def _namespace(cluster: Cluster) -> str:
    name = f"bench-{secrets.token_hex(4)}"
    cluster.create_namespace(name)
    return name


def _plan(world: World) -> int:
    """One whole story; the writes to its plan and its target."""
    with world.traffic:
        world.deploy()
        world.apply(contract(world, by=2, within="20s"))
        world.traffic.set(good=30, bad=20)
        world.review(world.plan("AwaitingApproval"))
        world.plan("Verifying")
        world.traffic.set(good=50, bad=0)
        ended = phase(world.plan("Succeeded", "RolledBack", "Failed"))
    counted = [each for each in _writes(world) if each.resource in ("adaptationplans", "deployments")]
    kinds = Counter(
        f"{each.verb} {each.resource}{'/' + each.subresource if each.subresource else ''}" for each in counted
    )
    print(json.dumps({"plan": ended, "writes": len(counted), **kinds}))
    return len(counted)


def _quiet(world: World) -> int:
    """Writes of any kind while nothing changes, over as many cycles."""
    with world.traffic:
        world.deploy()
        world.apply(contract(world))
        until(
            lambda: world.condition("slacontract", "agent", "Ready").get("status") == "True", 30, "the contract to work"
        )
        until(lambda: _well(world), 60, "the agent and its namespace to be Healthy")
        turned = _turns(world)
        since = datetime.now(UTC)
        until(lambda: _turns(world) >= turned + QUIET_CYCLES, 120, f"{QUIET_CYCLES} turns")
        written = [each for each in world.cluster.writes(user=world.operator.user, since=since) if _counts(each)]
    print(json.dumps({"quiet_cycles": QUIET_CYCLES, "writes": [str(each) for each in written]}))
    return len(written)


def _well(world: World) -> bool:
    """Whether both snapshots are written, and say so."""
    healthy = ("--field-selector", "status.health=Healthy", "-o", "name")
    return len(world.cluster.kubectl("get", "healthsnapshots", "-n", world.namespace, *healthy).split()) == 2


def _turns(world: World) -> int:
    page = requests.get(f"{world.operator.http_url}/metrics", timeout=5).text
    samples = (sample for family in text_string_to_metric_families(page) for sample in family.samples)
    return sum(int(each.value) for each in samples if each.name == TURNS and each.labels["loop"] == "reliability")


def _writes(world: World) -> list[Write]:
    return [
        each
        for each in world.cluster.writes(user=world.operator.user)
        if each.namespace == world.namespace and _counts(each)
    ]


def _counts(write: Write) -> bool:
    return write.succeeded and not write.dry_run and write.resource not in NOT_COUNTED


if __name__ == "__main__":
    sys.exit(main())
