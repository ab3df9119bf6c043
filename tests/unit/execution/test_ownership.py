"""Whose field it is, by records as a real server keeps them."""

import json
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.execution.ownership import foreign_owners, others_at

NAMED = 'k:{"name":"%s"}'


def raw(**entries: dict[str, Any]) -> dict[str, Any]:
    """An object with these records; a manager's underscores are hyphens."""
    kept = [{"manager": name.replace("_", "-"), "fieldsV1": fields} for name, fields in entries.items()]
    return {"metadata": {"managedFields": kept}}


def change(path: str, before: Any, after: Any) -> tuple[FieldChange, ...]:
    sides = (None if side is None else json.dumps(side) for side in (before, after))
    return (FieldChange(path=path, before=next(sides), after=next(sides)),)


def env(*fields: str) -> dict[str, Any]:
    """Fields of the variable MODE of the container app."""
    variable: dict[str, Any] = {NAMED % "MODE": {name: {} for name in fields}}
    return {"f:spec": {"f:containers": {NAMED % "app": {"f:env": variable}}}}


PATH = "/spec/containers/[name=app]/env/[name=MODE]"


def test_of_a_list_told_apart_by_names_each_value_has_its_own_owner() -> None:
    live = raw(autonomic=env("f:value"), kubectl=env(".", "f:name"))
    assert foreign_owners(change(f"{PATH}/value", "a", "b"), live) == {}
    assert foreign_owners(change(f"{PATH}/value", "a", "b"), raw(kubectl=env(".", "f:name", "f:value"))) == {
        f"{PATH}/value": "kubectl"
    }


def test_an_element_that_we_added_is_ours_while_its_value_is() -> None:
    added = change(PATH, None, {"name": "MODE", "value": "a"})
    assert foreign_owners(added, raw(autonomic=env(".", "f:name", "f:value"))) == {}
    assert foreign_owners(added, raw(autonomic=env(".", "f:name"), kubectl=env("f:value"))) == {PATH: "kubectl"}


def test_an_atomic_list_is_owned_as_a_whole() -> None:
    rules: dict[str, Any] = {"f:spec": {"f:rules": {}}}
    weight = change("/spec/rules/0/backendRefs/[name=a]/weight", 1, 2)
    assert foreign_owners(weight, raw(kubectl={"f:spec": {}}, autonomic=rules)) == {}
    assert list(foreign_owners(weight, raw(autonomic={"f:spec": {}}, kubectl=rules)).values()) == ["kubectl"]


def test_a_map_that_we_made_is_not_all_that_is_in_it() -> None:
    notes: dict[str, Any] = {"f:metadata": {"f:annotations": {}}}
    theirs: dict[str, Any] = {"f:metadata": {"f:annotations": {"f:a": {}}}}
    mark = change("/metadata/annotations/a", None, "b")
    assert foreign_owners(mark, raw(autonomic=notes, kubectl_edit=theirs)) == {
        "/metadata/annotations/a": "kubectl-edit"
    }


def test_of_a_template_what_differs_must_be_ours() -> None:
    before = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"image": "1"}]}}
    after = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"image": "2"}]}}
    ours: dict[str, Any] = {"f:spec": {"f:template": {"f:spec": {"f:containers": {NAMED % "app": {"f:image": {}}}}}}}
    labels: dict[str, Any] = {"f:spec": {"f:template": {"f:metadata": {"f:labels": {"f:a": {}}}}}}
    assert foreign_owners(change("/spec/template", before, after), raw(autonomic=ours, helm=labels)) == {}
    assert foreign_owners(change("/spec/template", before, after), raw(autonomic=labels, helm=ours)) == {
        "/spec/template": "helm"
    }


def test_who_else_owns_a_field_is_named_and_nobody_is_another() -> None:
    replicas: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    assert others_at("/spec/replicas", raw(autonomic=replicas, helm=replicas, hpa=replicas)) == "helm, hpa"
    assert others_at("/spec/replicas", raw(autonomic=replicas)) == "another"
    assert others_at("/spec/replicas", {"metadata": {}}) == "another"
