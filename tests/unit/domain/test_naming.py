"""Names of plans, and the digest that a review repeats."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.naming import outcome, plan_name
from autonomic.domain.plans import AdaptationPlanSpec
from autonomic.governance.digest import digest
from tests.unit.domain.specimens import condition, plan, plan_spec

SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
"""Kubernetes' own rule for the names of objects."""
names = st.from_regex(SUBDOMAIN, fullmatch=True).filter(lambda name: len(name) <= 253)
labels = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,60}[a-z0-9])?", fullmatch=True)
letters = st.characters(codec="utf-8", exclude_characters="|")
identities = st.lists(st.text(letters, max_size=20), min_size=1, max_size=6).map(tuple)


@given(names, labels, identities)
def test_a_plan_s_name_is_one_that_the_server_accepts_and_fits_a_label(
    owner: str, subject: str, identity: tuple[str, ...]
) -> None:
    name = plan_name(owner, subject, identity)
    assert len(name) <= 63
    assert re.fullmatch(SUBDOMAIN, name)
    assert name == plan_name(owner, subject, identity)


@given(names, labels, identities, identities)
def test_another_identity_has_another_name(
    owner: str, subject: str, one: tuple[str, ...], other: tuple[str, ...]
) -> None:
    assert (plan_name(owner, subject, one) == plan_name(owner, subject, other)) == (one == other)


def test_a_plan_has_an_outcome_only_when_it_is_finished() -> None:
    assert outcome(plan()) is None
    assert outcome(plan(status={"conditions": [condition("Finished", "False", "RollingBack")]})) is None
    assert outcome(plan(status={"conditions": [condition("Finished", "Unknown", "Pending")]})) is None
    assert outcome(plan(status={"conditions": [condition("Finished", "True", "Denied")]})) == "Denied"


def shuffled(value: Any, reverse: bool) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key], reverse) for key in sorted(value, reverse=reverse)}
    return [shuffled(each, reverse) for each in value] if isinstance(value, list) else value


@given(st.booleans(), st.text(max_size=50))
def test_the_digest_does_not_depend_on_the_order_of_fields(reverse: bool, message: str) -> None:
    spec = plan_spec(justification=message)
    again = AdaptationPlanSpec.model_validate(json.loads(json.dumps(shuffled(spec.wire(), reverse))))
    assert digest(again) == digest(spec) == spec.digest


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if items is None:
        return [path]
    return [leaf for key, inner in items for leaf in leaves(inner, (*path, key))]


OTHERS: dict[str, Any] = {
    "expiresAt": "2026-01-01T00:00:00Z",
    "since": "2026-01-01T00:00:00Z",
    "nonce": "1" * 32,
    "type": None,
    "level": "Warning",
    "burnBelow": "2",
    "window": "7m",
    "settle": "7m",
    "within": "17m",
    "kind": "Other",
    "requiresPerson": True,
    "replicas": 9,
}
"""Another valid value for the leaves that take no free text; None where the type decides what else there is."""
PATHS = [path for path in leaves(plan_spec().wire()) if path[0] not in ("digest", "reviews") and path[-1] != "type"]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(str(part) for part in path))
def test_the_digest_changes_with_every_field_of_the_spec(path: tuple[Any, ...]) -> None:
    body = plan_spec().wire()
    node = body
    for part in path[:-1]:
        node = node[part]
    node[path[-1]] = OTHERS.get(path[-1], "other")
    assert digest(AdaptationPlanSpec.model_validate(body)) != plan_spec().digest


@given(st.lists(st.sampled_from(["Approved", "Denied", "Keep", "RollBack"]), max_size=5), st.text(max_size=20))
def test_reviews_do_not_change_the_digest(decisions: list[str], message: str) -> None:
    said = [{"decision": decision, "by": "ann", "message": message} for decision in decisions]
    assert digest(plan_spec(reviews=said)) == plan_spec().digest
