"""The Store: the last known state, and never an older one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.cycle.housekeeping import Housekeeping
from autonomic.cycle.ports import Ports
from autonomic.cycle.store import Store
from autonomic.domain.errors import Forbidden
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION, Mode
from autonomic.ports.cluster import Manifest, Proof
from autonomic.ports.memory.clock import ManualClock, MemoryEntropy
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.memory.policy import MemoryPolicyEngine
from tests.unit.cycle.world import Admission, Diary
from tests.unit.domain.specimens import NOW, contract_raw, redline_raw

Told = list[tuple[str, str, bool]]


def line(version: int, name: str = "default", generation: int = 1, **spec: Any) -> Manifest:
    raw = redline_raw(name, **spec)
    raw["metadata"] |= {"resourceVersion": str(version), "generation": generation}
    return raw


def listening(store: Store) -> Told:
    told: Told = []
    store.listen(lambda kind, key, meaning: told.append((kind, key, meaning)))
    return told


@given(st.lists(st.integers(1, 20), min_size=1))
def test_an_older_version_never_replaces_a_newer_one(versions: list[int]) -> None:
    store = Store()
    for version in versions:
        store.apply("RedLine", line(version))
    assert store.view(NOW).redlines["default"].metadata.resource_version == str(max(versions))


def test_the_same_version_twice_is_told_once() -> None:
    store = Store()
    told = listening(store)
    store.apply("RedLine", line(1))
    store.apply("RedLine", line(1))
    assert told == [("RedLine", "default", True)]


def test_a_status_alone_is_no_change_of_meaning() -> None:
    store = Store()
    store.apply("RedLine", line(1))
    told = listening(store)
    store.apply("RedLine", line(2))
    store.apply("RedLine", line(3, generation=2))
    assert told == [("RedLine", "default", False), ("RedLine", "default", True)]


def test_a_listener_that_left_is_told_nothing() -> None:
    store = Store()
    told: Told = []
    leave = store.listen(lambda *change: told.append(change))
    leave()
    store.apply("RedLine", line(1))
    assert told == []


def test_an_object_that_was_made_again_is_the_new_one() -> None:
    store = Store()
    store.apply("RedLine", line(5, limits={"maxReplicas": 5}))
    store.remove("RedLine", line(6))
    assert store.view(NOW).redlines == {}
    store.apply("RedLine", line(7, limits={"maxReplicas": 7}))
    assert store.view(NOW).redlines["default"].spec.limits.max_replicas == 7


def test_what_can_t_be_read_is_kept_with_the_field_and_the_reason() -> None:
    store = Store()
    store.apply("RedLine", line(1, limits={"maxReplica": 3}))
    view = store.view(NOW)
    assert view.redlines == {}
    (broken,) = view.unreadable
    assert (broken.ref.kind, broken.ref.name) == ("RedLine", "default")
    assert broken.message.startswith("spec.limits.maxReplica:")


def test_a_readable_version_replaces_an_unreadable_one_and_the_other_way() -> None:
    store = Store()
    store.apply("RedLine", line(1, limits={"maxReplica": 3}))
    store.apply("RedLine", line(2))
    assert store.view(NOW).unreadable == ()
    store.apply("RedLine", line(3, limits={"maxReplica": 3}))
    assert (len(store.view(NOW).unreadable), store.view(NOW).redlines) == (1, {})


def test_a_view_does_not_change_afterwards() -> None:
    store = Store()
    store.apply("RedLine", line(1))
    before = store.view(NOW)
    store.apply("RedLine", line(2, name="another"))
    assert list(before.redlines) == ["default"]


def test_a_listing_removes_what_is_gone_and_tells_it() -> None:
    store = Store()
    store.apply("RedLine", line(1))
    store.apply("RedLine", line(2, name="ghost"))
    told = listening(store)
    store.replace("RedLine", [line(1)], store.held("RedLine"))
    assert list(store.view(NOW).redlines) == ["default"]
    assert told == [("RedLine", "ghost", True)]


def test_a_listing_brings_no_older_version_back() -> None:
    store = Store()
    store.apply("RedLine", line(5, killSwitch=True))
    store.replace("RedLine", [line(4)], store.held("RedLine"))
    assert store.view(NOW).redlines["default"].spec.kill_switch


class SlowCluster(MemoryCluster):
    """Somebody writes while a listing of RedLines is under way."""

    meanwhile: Any = None

    async def list(self, api_version: str, kind: str, namespace: str | None = None) -> list[Manifest]:
        """The listing as it was before."""
        listed = await super().list(api_version, kind, namespace)
        if kind == "RedLine" and self.meanwhile:
            await self.meanwhile()
        return listed


def housekeeping(cluster: MemoryCluster, store: Store, diary: Diary) -> Housekeeping:
    clock = diary.clock
    ports = Ports(
        cluster, Admission(), MemoryMetrics({}), MemoryPolicyEngine(), clock, MemoryEntropy(), journals=(diary,)
    )
    return Housekeeping(ports, store)


async def test_a_kill_switch_that_came_during_a_listing_is_not_lost() -> None:
    clock = ManualClock(NOW)
    cluster, store = SlowCluster(clock), Store()
    cluster.watch(lambda _, raw: store.apply(raw["kind"], raw))

    async def stop() -> None:
        await cluster.create(redline_raw("stop", killSwitch=True))

    cluster.meanwhile = stop
    await housekeeping(cluster, store, Diary(clock)).relist("")
    assert store.view(NOW).redlines["stop"].spec.kill_switch


async def test_a_ghost_whose_deletion_was_lost_is_gone_after_a_listing() -> None:
    clock = ManualClock(NOW)
    cluster, store = MemoryCluster(clock), Store()
    made = await cluster.create(redline_raw("ghost"))
    store.apply("RedLine", made)
    ref = ObjectRef(api_version=API_VERSION, kind="RedLine", name="ghost")
    await cluster.delete(ref, made["metadata"]["uid"])
    await housekeeping(cluster, store, Diary(clock)).relist("")
    assert store.view(NOW).redlines == {}


async def test_a_kind_that_can_t_be_listed_keeps_what_is_known_and_is_told() -> None:
    clock = ManualClock(NOW)
    cluster, store, diary = MemoryCluster(clock), Store(), Diary(clock)
    store.apply("SLAContract", contract_raw())
    cluster.fail_next("list", Forbidden("no right"))
    await housekeeping(cluster, store, diary).relist("")
    assert list(store.view(NOW).contracts) == ["shop/agent"]
    assert diary.names == ["ListingFailed"]


async def test_a_proof_is_told_when_it_changes_and_not_before() -> None:
    clock = ManualClock(NOW)
    store, diary, admission = Store(), Diary(clock), Admission()
    keeping = housekeeping(MemoryCluster(clock), store, diary)
    keeping = Housekeeping(Ports(**{**vars(keeping.ports), "admission": admission}), store)
    for in_force in (True, True, False, False, True):
        admission.proof = Proof(in_force=in_force, message=f"in force: {in_force}")
        again = await keeping.prove("")
        assert again == (60 if in_force else 5)
    assert diary.names == ["AdmissionProven", "AdmissionUnproven", "AdmissionProven"]


@pytest.mark.parametrize(
    ("proven", "lines", "wanted"),
    [
        (True, [line(1)], Mode.ENFORCE),
        (True, [], Mode.OBSERVE),
        (False, [line(1)], Mode.OBSERVE),
    ],
)
def test_without_proof_or_without_a_redline_nothing_is_more_than_observed(
    proven: bool, lines: list[Manifest], wanted: Mode
) -> None:
    store = Store()
    store.proof = Proof(in_force=proven, message="")
    for each in lines:
        store.apply("RedLine", each)
    assert store.view(NOW).ceiling is wanted


def test_a_new_store_trusts_nothing() -> None:
    assert not Store().proof.in_force
    assert Store().view(NOW).ceiling is Mode.OBSERVE


def test_a_namespace_that_is_not_known_has_not_opted_in() -> None:
    assert not Store().view(NOW).namespace("shop").enabled
    assert not Store().view(NOW).namespace(None).enabled


def test_what_was_found_of_all_contracts_holds_until_one_of_them_changes() -> None:
    store, raw = Store(), contract_raw()
    store.apply("SLAContract", raw)
    before = store.view(NOW).promises
    assert before.burning == 0
    assert store.view(NOW).promises is before
    raw["metadata"]["resourceVersion"] = str(10**6)
    burning = {"name": "success", "sli": "9%", "budgetRemaining": "1%", "alert": "Breach"}
    store.apply("SLAContract", {**raw, "status": {"objectives": [burning]}})
    assert (before.burning, store.view(NOW).promises.burning) == (0, 1)
