"""Changes as JSON Patch: every way tested that it goes by, nothing overwritten that it does not name."""

from typing import Any

import pytest

from autonomic.domain.errors import Invalid
from autonomic.domain.plans import FieldChange
from autonomic.execution.drift import Drift
from autonomic.execution.patches import json_patch, mergeable
from autonomic.ports.memory.json_patch import patched

STAMPS = {"autonomic.maestro.dev/op-id": "plan/0"}
ENV = "/spec/template/spec/containers/[name=app]/env"


def raw(*env: dict[str, Any], **meta: Any) -> dict[str, Any]:
    """A workload of two containers."""
    containers: list[dict[str, Any]] = [{"name": "sidecar"}, {"name": "app", **({"env": list(env)} if env else {})}]
    spec = {"template": {"spec": {"containers": containers}}}
    return {"metadata": {"uid": "u", "resourceVersion": "7", **meta}, "spec": spec}


def change(path: str, before: str | None, after: str | None) -> tuple[FieldChange, ...]:
    return (FieldChange(path=path, before=before, after=after),)


def operations(changes: tuple[FieldChange, ...], live: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """What is sent after the preconditions and the stamps."""
    sent = json_patch(changes, STAMPS, live)
    return [(each["op"], each["path"], each.get("value")) for each in sent if "metadata" not in each["path"]]


def test_the_uid_is_tested_the_version_is_a_precondition_and_the_stamps_are_set() -> None:
    sent = json_patch((), STAMPS, raw())
    assert [(each["op"], each["path"], each["value"]) for each in sent] == [
        ("test", "/metadata/uid", "u"),
        ("replace", "/metadata/resourceVersion", "7"),
        ("add", "/metadata/annotations", {}),
        ("add", "/metadata/annotations/autonomic.maestro.dev~1op-id", "plan/0"),
    ]


def test_annotations_that_are_there_stay() -> None:
    live = raw(annotations={"a": "b"})
    assert patched(live, json_patch((), STAMPS, live))["metadata"]["annotations"] == {"a": "b", **STAMPS}


def test_an_annotation_is_changed_beside_the_stamps_where_there_was_none() -> None:
    live = raw()
    changed = change("/metadata/annotations/x", None, '"y"') + change(f"{ENV}/[name=A]", None, '{"name":"A"}')
    assert patched(live, json_patch(changed, STAMPS, live))["metadata"]["annotations"] == {"x": "y", **STAMPS}


def test_an_element_is_found_by_its_name_and_the_name_is_tested() -> None:
    live = raw({"name": "B", "value": "1"}, {"name": "A", "value": "2"})
    assert operations(change(f"{ENV}/[name=A]/value", '"2"', '"3"'), live) == [
        ("test", "/spec/template/spec/containers/1/name", "app"),
        ("test", "/spec/template/spec/containers/1/env/1/name", "A"),
        ("test", "/spec/template/spec/containers/1/env/1/value", "2"),
        ("replace", "/spec/template/spec/containers/1/env/1/value", "3"),
    ]


def test_an_element_that_is_not_there_is_added_at_the_end_and_its_list_where_there_is_none() -> None:
    added = change(f"{ENV}/[name=A]", None, '{"name":"A"}')
    assert operations(added, raw({"name": "B"}))[-1] == ("add", "/spec/template/spec/containers/1/env/-", {"name": "A"})
    assert operations(added, raw())[-1] == ("add", "/spec/template/spec/containers/1/env", [{"name": "A"}])


def test_what_is_missing_on_the_way_is_made() -> None:
    live = {**raw(), "spec": {}}
    assert operations(change("/spec/a/b/c", None, '{"d":1}'), live) == [("add", "/spec/a", {"b": {"c": {"d": 1}}})]


def test_a_container_that_is_gone_is_drift_and_no_patch() -> None:
    live = raw()
    live["spec"]["template"]["spec"]["containers"].pop()
    with pytest.raises(Drift, match=r"\[name=app\] of .* is no longer there"):
        json_patch(change(f"{ENV}/[name=A]/value", '"1"', '"2"'), STAMPS, live)


def test_a_list_in_another_order_than_was_read_fails_the_tests() -> None:
    live = raw({"name": "A", "value": "1"}, {"name": "B", "value": "1"})
    sent = json_patch(change(f"{ENV}/[name=A]/value", '"1"', '"2"'), STAMPS, live)
    live["spec"]["template"]["spec"]["containers"][1]["env"].reverse()
    with pytest.raises(Invalid, match="test"):
        patched(live, sent)


def test_a_merge_patch_is_for_what_is_in_no_list_and_is_no_map() -> None:
    assert mergeable(change("/spec/replicas", "1", "2"))
    assert not mergeable(change("/spec/template", '{"a":1}', '{"a":2}'))
    assert not mergeable(change("/spec/rules/0/weight", "1", "2"))
    assert not mergeable(change(f"{ENV}/[name=A]/value", None, '"1"'))
