"""The health turn over a cluster in memory: what is written, when nothing is, and what goes."""

from datetime import timedelta

from autonomic.cycle.health.asking import rows
from autonomic.cycle.store import Store
from autonomic.domain.errors import Forbidden, Unavailable
from autonomic.domain.meta import ObjectRef, condition
from autonomic.domain.words import API_VERSION, COMPONENT_LABEL, ENABLED_LABEL, WORKSTREAM_LABEL
from autonomic.health.standing import STEP
from tests.unit.cycle.health.fleet import Fleet, agent

AGENT = ObjectRef(api_version=API_VERSION, kind="HealthSnapshot", name="agent-web", namespace="shop")


async def test_each_workload_workstream_and_namespace_has_a_snapshot() -> None:
    stream = {WORKSTREAM_LABEL: "checkout"}
    fleet = await Fleet(agent("web", labels=stream), agent("db", labels={**stream, COMPONENT_LABEL: "Infra"})).begin()
    found = await fleet.snapshots()
    assert set(found) == {"agent-web", "infra-db", "workstream-checkout", "system"}
    assert {(each.health, each.score, each.trend, each.tenant) for each in found.values()} == {
        ("Healthy", 100, "Steady", "shop")
    }
    assert found["workstream-checkout"].metrics[0].wire() == {"name": "Healthy", "value": "2", "unit": "workloads"}


async def test_a_quiet_fleet_writes_nothing() -> None:
    fleet = await Fleet(agent("web"), agent("db", app="b")).begin()
    assert await fleet.minutes(20) == []


async def test_a_snapshot_goes_with_its_contract_also_while_nobody_turns() -> None:
    fleet = await Fleet(agent("web")).begin()
    owner = (await fleet.contract("web")).metadata
    (reference,) = (await fleet.cluster.get(AGENT))["metadata"]["ownerReferences"]
    assert reference == {"apiVersion": API_VERSION, "kind": "SLAContract", "name": "web", "uid": owner.uid}


async def test_an_outage_is_told_in_words_of_whom_it_hits_and_of_its_group() -> None:
    fleet = await Fleet(agent("web"), agent("db", app="b")).begin()
    writes = await fleet.minutes(6, a=100)
    found = await fleet.snapshots()
    web = found["agent-web"]
    assert (web.health, web.trend, web.issues[0].about, web.issues[0].state) == (
        "Critical",
        "Worsening",
        "web/success",
        "Breach",
    )
    assert "web/success: Breach, " in web.issues[0].message
    assert web.issues[0].since is not None
    assert (found["agent-db"].health, found["system"].health) == ("Healthy", "Critical")
    assert found["system"].issues[0].message.startswith("Agent web: Critical, score ")
    assert "agent-db" not in {each.ref.name for each in writes}
    assert len([each for each in writes if each.ref.name == "agent-web"]) <= 6


async def test_a_burning_workload_is_written_by_steps_and_not_every_minute() -> None:
    fleet = await Fleet(agent("web")).begin()
    falling = await fleet.minutes(35, a=100)
    assert len([each for each in falling if each.ref.name == "agent-web"]) <= 100 / STEP
    assert await fleet.minutes(10, a=100) == []


async def test_a_restart_writes_nothing_and_forgets_nothing() -> None:
    fleet = await Fleet(agent("web"), agent("db", app="b")).begin()
    await fleet.minutes(20, a=100)
    before = await fleet.snapshots()
    fleet.restart()
    assert await fleet.minutes(1, a=100) == []
    known = {key.object_name: each for key, each in fleet.health.known.items()}
    assert known["agent-web"].since == before["agent-web"].since
    assert known["agent-web"].incident == before["agent-web"].incident


async def test_what_has_no_data_is_unknown_and_is_not_counted_in_silence() -> None:
    fleet = await Fleet(agent("web"), agent("new", app="nowhere"), agent("db", app="b")).begin()
    found = await fleet.snapshots()
    assert (found["agent-new"].health, found["agent-new"].score) == ("Unknown", None)
    assert found["agent-new"].issues[0].message == (
        "1 of 1 objectives Unknown, and not counted in the score: new/success (NoData)"
    )
    assert (found["system"].health, found["system"].score) == ("Healthy", 100)
    assert found["system"].issues[0].message == "1 of 3 workloads Unknown, and not counted in the score: new"


async def test_an_indicator_that_can_t_work_is_unknown() -> None:
    wrong = {"ratio": {"bad": "a[5m]", "total": "b"}}
    raw = agent("web")
    raw["spec"]["objectives"][0]["indicator"] = wrong
    fleet = await Fleet(raw).begin()
    issue = (await fleet.snapshots())["agent-web"].issues[0]
    assert "web/success (InvalidIndicator)" in issue.message


async def test_several_contracts_about_one_workload_are_one_snapshot() -> None:
    more = agent("web-2")
    more["spec"]["targetRef"]["name"] = "web"
    more["spec"]["objectives"][0]["name"] = "speed"
    fleet = await Fleet(agent("web"), more).begin()
    found = await fleet.snapshots()
    assert set(found) == {"agent-web", "system"}
    assert len(found["agent-web"].metrics) == 4
    await fleet.delete("web-2")
    await fleet.minutes(1)
    assert set(await fleet.snapshots()) == {"agent-web", "system"}


async def test_the_snapshots_of_what_is_gone_are_deleted() -> None:
    fleet = await Fleet(agent("web", labels={WORKSTREAM_LABEL: "checkout"}), agent("db", app="b")).begin()
    await fleet.delete("web")
    assert {each.method for each in await fleet.minutes(1)} >= {"delete"}
    assert set(await fleet.snapshots()) == {"agent-db", "system"}


async def test_a_label_that_changes_moves_the_workload() -> None:
    fleet = await Fleet(agent("web", labels={WORKSTREAM_LABEL: "checkout"})).begin()
    await fleet.change("web", {"metadata": {"labels": {WORKSTREAM_LABEL: "billing"}}})
    await fleet.minutes(1)
    assert set(await fleet.snapshots()) == {"agent-web", "workstream-billing", "system"}


async def test_a_namespace_that_has_not_opted_in_has_no_snapshots() -> None:
    fleet = await Fleet(agent("web"), enabled=False).begin()
    assert await fleet.snapshots() == {}


async def test_what_has_no_place_in_its_namespace_has_no_snapshot_until_it_comes_in() -> None:
    fleet = await Fleet(agent("db"), agent("web"), per_namespace=1).begin()
    assert set(await fleet.snapshots()) == {"agent-db", "system"}
    await fleet.delete("db")
    await fleet.minutes(2)
    assert set(await fleet.snapshots()) == {"agent-web", "system"}


async def test_the_snapshot_of_what_loses_its_place_by_a_lower_bound_goes() -> None:
    fleet = await Fleet(agent("db"), agent("web")).begin()
    assert set(await fleet.snapshots()) == {"agent-db", "agent-web", "system"}
    fleet.store = Store(ingestion_delay=timedelta(0), per_namespace=1)
    for version, kind in (("v1", "Namespace"), (API_VERSION, "SLAContract")):
        fleet.store.replace(kind, await fleet.cluster.list(version, kind), {})
    fleet.restart()
    await fleet.minutes(2)
    assert set(await fleet.snapshots()) == {"agent-db", "system"}


async def test_a_dependency_that_went_wrong_no_later_is_probably_to_blame() -> None:
    fleet = await Fleet(
        agent("web", dependsOn=[{"name": "db"}], labels={WORKSTREAM_LABEL: "checkout"}), agent("db", app="b")
    ).begin()
    await fleet.minutes(2, b=100)
    await fleet.minutes(4, a=100, b=100)
    found = await fleet.snapshots()
    cause = found["agent-web"].cause
    assert cause is not None
    assert (cause.kind, cause.name) == ("Agent", "db")
    assert cause.message.startswith("probably because of db: web depends on it, and it has been unwell since ")
    assert found["agent-db"].cause is None
    assert [each and each.name for each in (found["workstream-checkout"].cause, found["system"].cause)] == ["db", "db"]


async def test_what_went_wrong_later_is_not_to_blame() -> None:
    fleet = await Fleet(agent("web", dependsOn=[{"name": "db"}]), agent("db", app="b")).begin()
    await fleet.minutes(3, a=100)
    await fleet.minutes(3, a=100, b=100)
    assert (await fleet.snapshots())["agent-web"].cause is None


async def test_a_circle_and_a_missing_dependency_are_conditions_and_stop_nothing() -> None:
    fleet = await Fleet(
        agent("web", dependsOn=[{"name": "db"}]), agent("db", app="b", dependsOn=[{"name": "web"}, {"name": "disk"}])
    ).begin()
    told = {
        name: condition((await fleet.contract(name)).status.conditions, "DependenciesResolved")
        for name in ("web", "db")
    }
    assert {name: each and (each.status.value, each.reason) for name, each in told.items()} == {
        "web": ("False", "Cycle"),
        "db": ("False", "Missing"),
    }
    await fleet.minutes(7, a=100, b=100)
    found = await fleet.snapshots()
    assert found["agent-web"].health == found["agent-db"].health == "Critical"
    await fleet.change("db", {"spec": {"dependsOn": None}})
    await fleet.minutes(1, a=100, b=100)
    after = {
        name: condition((await fleet.contract(name)).status.conditions, "DependenciesResolved")
        for name in ("web", "db")
    }
    assert {name: each and (each.status.value, each.reason) for name, each in after.items()} == {
        "web": ("True", "Resolved"),
        "db": ("True", "NotRequested"),
    }


async def test_who_depends_on_nothing_has_no_condition_about_it() -> None:
    fleet = await Fleet(agent("web")).begin()
    assert condition((await fleet.contract("web")).status.conditions, "DependenciesResolved") is None


async def test_a_snapshot_that_somebody_deleted_or_changed_is_put_right_at_the_next_listing() -> None:
    fleet = await Fleet(agent("web"), agent("db", app="b")).begin()
    raw = await fleet.cluster.get(AGENT)
    await fleet.cluster.delete(AGENT, raw["metadata"]["uid"])
    other = ObjectRef(api_version=API_VERSION, kind="HealthSnapshot", name="agent-db", namespace="shop")
    live = await fleet.cluster.get(other)
    await fleet.cluster.patch_status(
        other, {"metadata": {"resourceVersion": live["metadata"]["resourceVersion"]}, "status": {"health": "Critical"}}
    )
    await fleet.minutes(11)
    found = await fleet.snapshots()
    assert {name: each.health for name, each in found.items()} == {
        "agent-web": "Healthy",
        "agent-db": "Healthy",
        "system": "Healthy",
    }


async def test_a_write_that_fails_is_told_and_tried_again() -> None:
    fleet = await Fleet(agent("web")).furnished()
    fleet.cluster.fail_next("create", Unavailable("the API server is down"))
    await fleet.turn()
    assert await fleet.snapshots() == {}
    assert [fact.message for _, fact in fleet.diary.facts if fact.name == "ReportFailed"] == ["the API server is down"]
    await fleet.minutes(1)
    assert set(await fleet.snapshots()) == {"agent-web", "system"}


async def test_one_that_the_cluster_refuses_does_not_keep_back_the_others() -> None:
    fleet = await Fleet(agent("web")).furnished()
    fleet.cluster.fail_next("create", Forbidden("the namespace is being terminated"))
    await fleet.turn()
    assert set(await fleet.snapshots()) == {"system"}


async def test_a_crash_between_the_object_and_its_status_is_repaired() -> None:
    fleet = await Fleet(agent("web")).furnished()
    await fleet.cluster.create(
        {"apiVersion": API_VERSION, "kind": "HealthSnapshot", "metadata": {"name": "agent-web", "namespace": "shop"}}
    )
    await fleet.turn()
    assert (await fleet.snapshots())["agent-web"].health == "Healthy"


async def test_a_cluster_without_the_kind_is_told_and_the_contracts_are_judged_all_the_same() -> None:
    fleet = await Fleet(agent("web"), absent=[(API_VERSION, "HealthSnapshot")]).begin()
    assert fleet.diary.names.count("ListingFailed") == 1
    assert (await fleet.contract("web")).status.objectives[0].alert == "None"


async def test_a_score_that_becomes_unknown_is_taken_out_of_the_snapshot() -> None:
    fleet = await Fleet(agent("web")).begin()
    await fleet.minutes(3, a=100)
    assert (await fleet.snapshots())["agent-web"].score is not None
    for _ in range(10):
        await fleet.clock.advance(60)
        fleet.shop.now = fleet.clock.now()
        await fleet.turn()
    web = (await fleet.snapshots())["agent-web"]
    assert (web.health, web.score) == ("Unknown", None)
    assert web.incident is not None


async def test_what_is_asked_of_the_replica_that_judges_has_the_figures_of_now() -> None:
    fleet = await Fleet(agent("web"), agent("db", app="b")).begin()
    await fleet.minutes(3, a=100)
    found = await rows(fleet.health, fleet.cluster, "shop")
    assert [str(each.key.name) for each in found] == ["db", "web", "shop"]
    told = found[1].tell()
    assert told is not None
    assert told.observed_at == fleet.clock.now()
    assert await rows(fleet.health, fleet.cluster, "elsewhere") == []


async def test_what_is_asked_of_a_standby_is_what_the_snapshots_say() -> None:
    fleet = await Fleet(agent("web"), agent("db", app="b")).begin()
    await fleet.minutes(3, a=100)
    snapshots = await fleet.snapshots()
    fleet.restart()
    found = await rows(fleet.health, fleet.cluster, "shop")
    assert {each.key.object_name: each.tell() for each in found} == snapshots


async def test_a_burn_that_ends_raises_the_score_though_the_budget_stays_as_it_is() -> None:
    fleet = await Fleet(agent("web")).begin()
    await fleet.minutes(2, a=100)
    burning = (await fleet.snapshots())["agent-web"]
    calm = await fleet.minutes(70)
    web = (await fleet.snapshots())["agent-web"]
    assert burning.score is not None
    assert web.score is not None
    assert web.score >= burning.score + 10
    assert "Improving" in [each.body["status"]["trend"] for each in calm if each.ref.name == "agent-web"]


async def test_a_namespace_that_opts_out_loses_its_snapshots() -> None:
    fleet = await Fleet(agent("web")).begin()
    room = ObjectRef(api_version="v1", kind="Namespace", name="shop")
    fleet.store.apply(
        "Namespace", await fleet.cluster.patch_as("ann", room, {"metadata": {"labels": {ENABLED_LABEL: "false"}}})
    )
    await fleet.minutes(1)
    assert await fleet.snapshots() == {}
