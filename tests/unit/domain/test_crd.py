"""The CRDs: every field described and bounded, and a generator that refuses what is not."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field, StringConstraints

from autonomic.domain.crd import crd, structural
from autonomic.domain.kinds import KINDS
from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.resource import Resource

Node = dict[str, Any]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.names.kind)


def root(kind: type[Resource]) -> Node:
    version: Node = crd(kind)["spec"]["versions"][0]
    schema: Node = version["schema"]["openAPIV3Schema"]
    return schema


def walk(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    yield path, node
    for name, inner in node.get("properties", {}).items():
        yield from walk(inner, f"{path}.{name}")
    if "items" in node:
        yield from walk(node["items"], f"{path}[]")
    if "additionalProperties" in node:
        yield from walk(node["additionalProperties"], f"{path}[*]")


def fields(kind: type[Resource]) -> Iterator[tuple[str, Node]]:
    for part in {"spec", "status"} & root(kind)["properties"].keys():
        yield from walk(root(kind)["properties"][part], part)


@each_kind
def test_every_field_is_described(kind: type[Resource]) -> None:
    assert [path for path, node in fields(kind) if not str(node.get("description", "")).strip()] == []


@each_kind
def test_every_field_has_one_plain_type(kind: type[Resource]) -> None:
    plain = ("string", "integer", "boolean", "array", "object")
    assert [(path, node.get("type")) for path, node in fields(kind) if node.get("type") not in plain] == []


@each_kind
def test_no_field_is_a_float(kind: type[Resource]) -> None:
    assert [path for path, node in fields(kind) if node["type"] == "number"] == []


@each_kind
def test_every_string_list_and_map_is_bounded(kind: type[Resource]) -> None:
    bounds = {"string": ("maxLength", "enum"), "array": ("maxItems",)}
    unbounded = [
        path
        for path, node in fields(kind)
        if node["type"] in bounds and not any(bound in node for bound in bounds[node["type"]])
    ]
    maps = [path for path, node in fields(kind) if "additionalProperties" in node and "maxProperties" not in node]
    assert unbounded + maps == []


@each_kind
def test_every_integer_of_a_spec_has_both_bounds(kind: type[Resource]) -> None:
    spec = walk(root(kind)["properties"].get("spec", {"type": "object"}), "spec")
    open_ended = [
        path for path, node in spec if node["type"] == "integer" and not {"minimum", "maximum"} <= node.keys()
    ]
    assert open_ended == []


@each_kind
def test_no_object_is_open(kind: type[Resource]) -> None:
    shapeless = [
        path
        for path, node in fields(kind)
        if node["type"] == "object"
        and not node.get("properties")
        and "additionalProperties" not in node
        and path not in ("status", *EMPTY)
    ]
    assert shapeless == []


EMPTY = tuple(
    f"spec.{where}.{action}"
    for where in (
        "adaptations[].actions[]",
        "actions[]",
        "escalation[].actions[]",
        "rollbackActions[]",
        "ladder[].actions[]",
    )
    for action in ("restart", "rollback", "quarantine")
)
"""Parameters of an action that takes none."""


@each_kind
def test_no_default_sets_a_field_to_null(kind: type[Resource]) -> None:
    assert [path for path, node in fields(kind) if "default" in node and _has_null(node["default"])] == []


def _has_null(value: object) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(_has_null(each) for each in inner)


@each_kind
def test_a_rule_speaks_of_the_object_it_stands_on_and_says_what_is_wrong(kind: type[Resource]) -> None:
    rules = [rule for _, node in fields(kind) for rule in node.get("x-kubernetes-validations", [])]
    assert all("self" in rule["rule"] and rule["message"] for rule in rules)


@each_kind
def test_a_kind_is_found_by_category_and_has_a_status_of_its_own(kind: type[Resource]) -> None:
    made = crd(kind)
    version = made["spec"]["versions"][0]
    assert made["metadata"]["name"] == f"{kind.names.plural}.autonomic.maestro.dev"
    assert made["spec"]["names"]["categories"] == ["autonomic"]
    assert made["spec"]["names"]["shortNames"]
    assert version["subresources"] == {"status": {}}
    assert version["additionalPrinterColumns"][-1]["name"] == "Age"


@each_kind
def test_a_column_or_selectable_field_points_at_a_field_that_exists(kind: type[Resource]) -> None:
    version = crd(kind)["spec"]["versions"][0]
    paths = [each["jsonPath"] for each in version["additionalPrinterColumns"] + version.get("selectableFields", [])]
    known = {f".{path}" for path, _ in fields(kind)} | {".metadata.creationTimestamp"}
    asked = [re.sub(r"\[\d+\]", "[]", path.partition("[?")[0]) for path in paths]
    assert [path for path in asked if path not in known] == []


def test_of_a_plan_s_spec_only_the_reviews_may_change() -> None:
    plans = next(kind for kind in KINDS if kind.names.kind == "AdaptationPlan")
    spec = root(plans)["properties"]["spec"]
    fixed = {rule["rule"] for rule in spec["x-kubernetes-validations"] if "oldSelf" in rule["rule"]}
    assert fixed == {f"self.{name} == oldSelf.{name}" for name in spec["properties"] if name != "reviews"}
    assert set(spec["required"]) == set(spec["properties"]) - {"reviews"}


def test_a_union_is_held_together_by_a_rule_for_each_member() -> None:
    class Parameters(Model):
        """Parameters."""

    class Choice(TypedUnion):
        """One of them."""

        type: Annotated[str, StringConstraints(max_length=9)] = Field(description="Which.")
        scale: Parameters | None = Field(default=None, description="Of Scale.")

        @classmethod
        def types(cls) -> tuple[str, ...]:
            return ("Scale",)

    assert structural(Choice)["x-kubernetes-validations"] == [
        {"rule": "has(self.scale) == (self.type == 'Scale')", "message": "set scale exactly when type is Scale"}
    ]


def test_a_field_without_a_description_is_refused() -> None:
    class Silent(Model):
        """A model."""

        name: Annotated[str, StringConstraints(max_length=9)]

    with pytest.raises(ValueError, match=r"Silent\.name has no description"):
        structural(Silent)


def test_a_string_a_list_and_a_map_without_a_bound_are_refused() -> None:
    class LongString(Model):
        """A model."""

        name: str = Field(description="A name.")

    class LongList(Model):
        """A model."""

        names: tuple[bool, ...] = Field(description="Names.")

    class WideMap(Model):
        """A model."""

        names: dict[str, bool] = Field(description="Names.")

    for model, why in ((LongString, "maxLength"), (LongList, "maxItems"), (WideMap, "maxProperties")):
        with pytest.raises(ValueError, match=f"name.* has no {why}"):
            structural(model)


def test_a_bound_inside_a_list_is_demanded_too() -> None:
    class Nested(Model):
        """A model."""

        names: tuple[str, ...] = Field(max_length=2, description="Names.")

    with pytest.raises(ValueError, match=r"Nested\.names\[\] has no maxLength"):
        structural(Nested)


def test_an_optional_field_is_absent_rather_than_null() -> None:
    class Inner(Model):
        """Inner."""

        cel_rules: ClassVar = (("self.count > 0", "count is 0"),)
        count: int = Field(description="A count.")

    class Outer(Model):
        """Outer."""

        inner: Inner | None = Field(default=None, description="Left out when not wanted.")

    schema = structural(Outer)["properties"]["inner"]
    assert "default" not in schema
    assert schema["description"] == "Left out when not wanted."
    assert schema["x-kubernetes-validations"] == [{"rule": "self.count > 0", "message": "count is 0"}]


def test_a_map_whose_keys_have_a_pattern_is_refused_rather_than_emptied() -> None:
    key = Annotated[str, StringConstraints(pattern="^[a-z]+$")]

    class Labelled(Model):
        """A model."""

        labels: dict[key, str] = Field(max_length=2, description="Labels.")

    with pytest.raises(ValueError, match=r"Labelled\.labels is a map whose keys have a pattern"):
        structural(Labelled)
