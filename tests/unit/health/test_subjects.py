"""Subjects and the names of their snapshots."""

import re

from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.contracts import SLAContract
from autonomic.domain.words import COMPONENT_LABEL, WORKSTREAM_LABEL
from autonomic.health.subjects import Key, place
from tests.unit.domain.specimens import contract_raw

NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")


def labelled(**labels: str) -> SLAContract:
    made = contract_raw(tier="Gold", dependsOn=[{"name": "store"}])
    made["metadata"]["labels"] = labels
    return SLAContract.read(made)


def test_a_contract_s_target_is_an_agent_of_its_namespace() -> None:
    found = place(labelled())
    assert (found.workload, found.workstream, found.weight) == (Key("shop", "Agent", "agent"), None, 3)
    assert (found.groups, found.depends_on) == ((Key("shop", "System", "shop"),), ("shop/store",))


def test_labels_say_that_it_is_infrastructure_and_which_workstream_it_belongs_to() -> None:
    found = place(labelled(**{COMPONENT_LABEL: "Infra", WORKSTREAM_LABEL: "triage"}))
    assert found.workload == Key("shop", "Infra", "agent")
    assert found.groups == (Key("shop", "Workstream", "triage"), Key("shop", "System", "shop"))


def test_a_snapshot_is_named_after_its_subject() -> None:
    assert Key("shop", "Agent", "triage").ref.key == "shop/agent-triage"
    assert Key("shop", "System", "shop").ref.key == "shop/system"


@given(st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", fullmatch=True))
def test_any_label_makes_a_name_that_an_object_may_bear(label: str) -> None:
    made = Key("shop", "Workstream", label).object_name
    assert NAME.fullmatch(made)
    assert len(made) <= 253


def test_names_that_are_bent_stay_apart() -> None:
    made = {Key("shop", "Workstream", name).object_name for name in ("A_b", "a_b", "A.B", "a-b")}
    assert len(made) == 4


def test_a_long_name_is_cut_and_marked() -> None:
    one, other = (Key("shop", "Agent", "a" * 252 + end).object_name for end in "xy")
    assert one != other
    assert len(one) <= 253
