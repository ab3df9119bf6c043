"""Publishing over a cluster in memory: created, kept, changed, withdrawn, and never fought over."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from autonomic.cycle.publishing import LOOK_AGAIN, RESYNC, Publisher, Said
from autonomic.domain.contracts import SLAContract
from autonomic.domain.crowding import Crowd
from autonomic.domain.errors import Conflict, Forbidden, LeadershipLost, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.view import NamespaceView, View
from autonomic.domain.words import ENABLED_LABEL, Truth
from autonomic.ports.cluster import Manifest
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.slo.indicators import Options
from tests.unit.publishing.contracts import contract, objective

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULE = ObjectRef(api_version="monitoring.coreos.com/v1", kind="PrometheusRule", name="slo-agent", namespace="demo")
ENABLED = {"demo": NamespaceView("demo", {ENABLED_LABEL: "true"}, {})}
PUBLISH: dict[str, Any] = {"labels": {"release": "prometheus"}}


def surroundings(about: SLAContract) -> Options:
    return Options(about.metadata.namespace or "", None, False, about.metadata.name)


def asking(target: str = "99.5", generation: int = 1, **spec: Any) -> SLAContract:
    """A contract that asks to be published, of that generation."""
    made = contract(objective(target=target), uid="uid-of-agent", **{"publish": PUBLISH} | spec)
    return made.model_copy(update={"metadata": made.metadata.model_copy(update={"generation": generation})})


@dataclass
class World:
    """A publisher, what it writes to, and how often it asked for everything."""

    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    absent: tuple[tuple[str, str], ...] = ()
    lists: int = 0
    reads: int = 0
    leads: bool = True

    def __post_init__(self) -> None:
        world = self

        class Counting(MemoryCluster):
            async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
                world.lists += 1
                return await super().list(api_version, kind, namespace)

            async def get(self, ref: ObjectRef) -> Manifest:
                world.reads += 1
                return await super().get(ref)

        self.cluster = Counting(self.clock, self._may_write, self.absent)
        self.publisher = Publisher(self.cluster, self.clock)

    def _may_write(self) -> None:
        if not self.leads:
            raise LeadershipLost("another replica leads")

    async def cycle(
        self, *contracts: SLAContract, namespaces: Mapping[str, NamespaceView] = ENABLED
    ) -> dict[str, Said]:
        """One cycle in which these contracts are known."""
        view = View(NOW, contracts={each.key: each for each in contracts}, namespaces=namespaces)
        return await self.publisher.publish(view, surroundings)

    async def reason(self, *contracts: SLAContract) -> tuple[Truth, str]:
        """One cycle; what it says of the contract `agent`."""
        _, truth, reason, _ = (await self.cycle(*contracts))["demo/agent"]
        return truth, reason

    @property
    def wrote(self) -> list[str]:
        """The writes, but those of other people."""
        return [write.method for write in self.cluster.writes if write.method != "patch_as"]

    def restart(self) -> None:
        """Another process takes over."""
        self.publisher = Publisher(self.cluster, self.clock)


@pytest.fixture
def world() -> World:
    return World()


PUBLISHED = (Truth.TRUE, "Published")


async def test_a_contract_that_asks_for_it_is_published_as_its_own(world: World) -> None:
    assert await world.reason(asking()) == PUBLISHED
    made = await world.cluster.get(RULE)
    assert made["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "autonomic", "release": "prometheus"}
    owner = {"apiVersion": "autonomic.maestro.dev/v1alpha1", "kind": "SLAContract", "name": "agent"}
    assert made["metadata"]["ownerReferences"] == [{**owner, "uid": "uid-of-agent", "controller": True}]
    assert made["spec"]["groups"][0]["name"] == "autonomic:demo:agent:success"


async def test_a_quiet_cycle_reads_nothing_and_writes_nothing(world: World) -> None:
    await world.cycle(asking())
    before = world.lists, world.reads, len(world.wrote)
    assert await world.reason(asking()) == PUBLISHED
    assert (world.lists, world.reads, len(world.wrote)) == before


async def test_a_changed_contract_is_published_anew(world: World) -> None:
    await world.cycle(asking())
    assert await world.reason(asking("99", generation=2)) == PUBLISHED
    assert world.wrote == ["create", "patch"]
    assert "0.01" in str((await world.cluster.get(RULE))["spec"])


async def test_a_label_that_is_no_longer_asked_for_goes_and_one_of_others_stays(world: World) -> None:
    await world.cycle(asking())
    await world.cluster.patch_as("kubectl", RULE, {"metadata": {"labels": {"team": "a"}}})
    await world.cycle(asking(generation=2, publish={"labels": {"prometheus": "k8s"}}))
    labels = (await world.cluster.get(RULE))["metadata"]["labels"]
    assert labels == {"app.kubernetes.io/managed-by": "autonomic", "prometheus": "k8s", "team": "a"}


async def test_after_a_restart_what_stands_is_not_written_again(world: World) -> None:
    await world.cycle(asking())
    world.restart()
    assert await world.reason(asking()) == PUBLISHED
    assert world.wrote == ["create"]


async def test_what_was_deleted_comes_back_at_the_next_look_at_everything(world: World) -> None:
    await world.cycle(asking())
    await world.cluster.delete(RULE, (await world.cluster.get(RULE))["metadata"]["uid"])
    await world.cycle(asking())
    assert world.wrote == ["create", "delete"]
    await world.clock.advance(RESYNC)
    assert await world.reason(asking()) == PUBLISHED
    assert world.wrote == ["create", "delete", "create"]


async def test_what_somebody_else_changed_is_left_alone(world: World) -> None:
    await world.cycle(asking())
    await world.cluster.patch_as("kubectl-edit", RULE, {"spec": {"groups": []}})
    await world.clock.advance(RESYNC)
    said = (await world.cycle(asking()))["demo/agent"]
    assert said[1:3] == (Truth.FALSE, "ChangedByOther")
    assert said[3].startswith("kubectl-edit changed PrometheusRule demo/slo-agent")
    assert await world.reason(asking("99", generation=2)) == (Truth.FALSE, "ChangedByOther")
    assert await world.reason(asking(generation=3, publish=None)) == (Truth.FALSE, "ChangedByOther")
    assert world.wrote == ["create"]


@pytest.mark.parametrize(
    "owners", [[], [{"kind": "SLAContract", "name": "agent", "uid": "another", "controller": True}]]
)
async def test_what_belongs_to_somebody_else_is_left_alone(world: World, owners: list[dict[str, Any]]) -> None:
    meta = {"name": RULE.name, "namespace": "demo", "ownerReferences": owners}
    await world.cluster.create({"apiVersion": RULE.api_version, "kind": RULE.kind, "metadata": meta, "spec": {}})
    assert await world.reason(asking()) == (Truth.FALSE, "NotOurs")
    assert "demo/agent" not in await world.cycle(asking(generation=2, publish=None))
    assert world.wrote == ["create"]


async def test_a_contract_that_no_longer_asks_has_its_rules_withdrawn(world: World) -> None:
    await world.cycle(asking())
    assert await world.cycle(asking(generation=2, publish=None)) == {}
    assert world.wrote == ["create", "delete"]


async def test_what_a_contract_stopped_asking_for_while_nobody_led_is_withdrawn_too(world: World) -> None:
    await world.cycle(asking())
    world.restart()
    await world.cycle(asking(generation=2, publish=None))
    assert world.wrote == ["create", "delete"]


async def test_a_condition_that_was_shown_is_not_left_to_lie(world: World) -> None:
    shown = {"type": "Published", "status": "True", "reason": "Published", "lastTransitionTime": NOW.isoformat()}
    quiet = asking(publish=None)
    status = type(quiet.status).model_validate({"conditions": [shown]})
    assert await world.reason(quiet.model_copy(update={"status": status})) == (Truth.FALSE, "NotRequested")


async def test_without_the_kind_it_is_said_and_looked_for_once_a_relist() -> None:
    world = World(absent=((RULE.api_version, RULE.kind),))
    for _ in range(3):
        assert await world.reason(asking()) == (Truth.FALSE, "NotInstalled")
    assert (world.lists, world.wrote) == (1, [])
    await world.clock.advance(RESYNC)
    await world.cycle(asking())
    assert world.lists == 2


async def test_a_namespace_that_did_not_opt_in_is_left_alone(world: World) -> None:
    assert await world.cycle(asking(), namespaces={}) == {}
    assert world.wrote == []


async def test_what_has_no_place_in_its_namespace_is_not_published_and_what_was_stays(world: World) -> None:
    crowd = Crowd("SLAContract", "demo", most=1, there=2, last=(0.0, "older"))
    view = View(NOW, contracts={"demo/agent": asking()}, namespaces=ENABLED, crowds={("SLAContract", "demo"): crowd})
    assert await world.publisher.publish(view, surroundings) == {}
    assert world.wrote == []
    await world.cycle(asking())
    wrote = list(world.wrote)
    assert await world.publisher.publish(view, surroundings) == {}
    assert world.wrote == wrote


async def test_what_can_not_be_said_in_rules_is_named(world: World) -> None:
    wrong = contract(objective(groupBy=["namespace"]), uid="uid-of-agent", publish=PUBLISH)
    said = (await world.cycle(wrong))["demo/agent"]
    assert said[1:3] == (Truth.FALSE, "Inexpressible")
    assert "groupBy has the label namespace" in said[3]


async def test_objectives_of_several_servers_are_no_rules_of_one(world: World) -> None:
    far = objective("far")
    far["indicator"] = {**far["indicator"], "server": "eu"}
    wrong = contract(objective(), far, uid="uid-of-agent", publish=PUBLISH)
    said = (await world.cycle(wrong))["demo/agent"]
    assert said[1:3] == (Truth.FALSE, "Inexpressible")
    assert "ask several metrics servers (default, eu)" in said[3]


async def test_what_the_rules_leave_out_is_said(world: World) -> None:
    monthly = contract(objective(window={"calendar": {"unit": "Month"}}), uid="uid-of-agent", publish=PUBLISH)
    assert "when a calendar Month began" in (await world.cycle(monthly))["demo/agent"][3]


@pytest.mark.parametrize("error", [Unavailable("no answer"), Conflict("changed meanwhile")])
async def test_a_write_that_may_succeed_later_is_tried_again(world: World, error: Unavailable | Conflict) -> None:
    world.cluster.fail_next("create", error)
    assert await world.reason(asking()) == (Truth.UNKNOWN, "Unavailable")
    assert await world.reason(asking()) == PUBLISHED


async def test_a_write_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    world.cluster.fail_next("create", Unavailable("reset"), after_commit=True)
    await world.cycle(asking())
    assert await world.reason(asking()) == PUBLISHED
    assert world.wrote == ["create"]


async def test_a_refusal_is_final_until_the_next_look(world: World) -> None:
    world.cluster.fail_next("create", Forbidden("the policy says no"))
    assert await world.reason(asking()) == (Truth.FALSE, "Refused")
    assert await world.reason(asking()) == (Truth.FALSE, "Refused")
    assert world.wrote == []


async def test_a_look_that_failed_is_tried_again_and_keeps_nobody_from_publishing(world: World) -> None:
    world.cluster.fail_next("list", Unavailable("no answer"))
    assert await world.reason(asking()) == PUBLISHED
    assert world.lists == 1
    await world.clock.advance(LOOK_AGAIN)
    await world.cycle(asking())
    assert world.lists == 2


async def test_who_no_longer_leads_writes_nothing(world: World) -> None:
    world.leads = False
    with pytest.raises(LeadershipLost):
        await world.cycle(asking())


async def test_a_composite_follows_the_contracts_that_it_names(world: World) -> None:
    def other(failed: str, generation: int) -> SLAContract:
        source = {"ratio": {"bad": f'calls_total{{ok="{failed}"}}', "total": "calls_total"}}
        made = contract(objective("calls", indicator=source), name="tools", uid="uid-of-tools")
        return made.model_copy(update={"metadata": made.metadata.model_copy(update={"generation": generation})})

    whole = contract(
        objective("whole", indicator={"composite": [{"objective": "tools/calls"}]}), uid="uid-of-agent", publish=PUBLISH
    )
    assert await world.reason(whole) == (Truth.FALSE, "Inexpressible")
    await world.clock.advance(1)
    assert await world.reason(whole, other("false", 1)) == PUBLISHED
    assert await world.reason(whole, other("no", 2)) == PUBLISHED
    assert 'ok="no"' in str((await world.cluster.get(RULE))["spec"])
