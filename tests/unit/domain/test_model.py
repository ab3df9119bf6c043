"""Models: strict, frozen, camelCase on the wire; unions that hold together."""

from typing import Any

import pytest
from pydantic import ValidationError

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.contracts import SLAContractSpec
from autonomic.domain.model import member_name
from autonomic.domain.plans import AdaptationPlanSpec
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.redlines import RedLine
from autonomic.domain.view import NamespaceView
from autonomic.domain.words import MODE_ANNOTATION, Mode, strictest
from tests.unit.domain.specimens import (
    contract,
    contract_raw,
    loop,
    plan,
    plan_spec,
    playbook,
    playbook_raw,
    redline_raw,
)


@pytest.mark.parametrize(
    ("type_name", "member"),
    [
        ("Scale", "scale"),
        ("SLOAlert", "sloAlert"),
        ("SLO", "slo"),
        ("ThrottleQueue", "throttleQueue"),
        ("Prometheus", "prometheus"),
        ("HPA", "hpa"),
        ("A", "a"),
    ],
)
def test_a_union_s_member_is_its_type_in_camel_case(type_name: str, member: str) -> None:
    assert member_name(type_name) == member


REF = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "agent", "uid": "u"}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Scale", "targetRef": REF},
        {"type": "Scale", "targetRef": REF, "restart": {"at": "2025-01-01T00:00:00Z"}},
        {
            "type": "Scale",
            "targetRef": REF,
            "scale": {"replicas": 1},
            "restart": {"at": "2025-01-01T00:00:00Z"},
        },
        {"type": "Notify", "targetRef": REF, "scale": {"replicas": 1}},
    ],
)
def test_a_union_without_exactly_the_member_its_type_names_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="exactly when type is"):
        Action.model_validate(body)


def test_a_union_with_its_member_is_read() -> None:
    assert PermittedAction.model_validate({"type": "Restart", "restart": {}}).restart is not None
    assert Action.model_validate({"type": "Quarantine", "targetRef": REF, "quarantine": {}}).quarantine is not None


def test_a_plan_never_holds_what_a_plug_in_has_yet_to_choose() -> None:
    chosen = {"type": "Plugin", "plugin": {"name": "x"}}
    assert PermittedAction.model_validate(chosen).plugin is not None
    with pytest.raises(ValidationError):
        Action.model_validate({**chosen, "targetRef": REF})


@pytest.mark.parametrize("value", ["Teleport", "scale", ""])
def test_an_unknown_type_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        PermittedAction.model_validate({"type": value, "scale": {"by": 1, "max": 2}})


def test_a_misspelt_limit_is_an_error_and_never_silently_ignored() -> None:
    with pytest.raises(ValidationError, match="maxReplica"):
        RedLine.read(redline_raw(limits={"maxReplica": 3}))
    with pytest.raises(ValidationError, match="killswitch"):
        RedLine.read(redline_raw(killswitch=True))


def test_a_status_of_another_version_is_read_as_far_as_it_is_known() -> None:
    raw = playbook_raw() | {"status": {"observedGeneration": 3, "tomorrow": {"x": 1}}}
    assert SelfHealingPlaybook.read(raw).status.observed_generation == 3


def test_an_object_without_a_status_is_one_that_was_never_visited() -> None:
    assert RedLine.read(redline_raw() | {"status": None}).key == "default"
    assert contract().status.objectives == ()
    assert contract().key == "shop/agent"


def test_a_model_does_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        loop().spec.suspend = True  # type: ignore[misc]


def test_what_goes_over_the_wire_comes_back_the_same() -> None:
    for spec in (contract().spec, playbook().spec, loop().spec):
        assert type(spec).model_validate(spec.wire()) == spec
    assert AdaptationPlanSpec.model_validate(plan_spec().wire()) == plan_spec()
    assert plan().spec.wire()["expiresAt"] == "2025-01-01T13:00:00Z"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"verification": {"settle": "15m", "within": "15m"}}, "settle 15m must be shorter"),
        ({"objectives": []}, "at least 1"),
        ({"pausedUntil": "2025-01-01T00:00:00"}, "timezone"),
        ({"tier": "Tin"}, "Gold"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    spec = contract_raw(**change)["spec"]
    with pytest.raises(ValidationError, match=words):
        SLAContractSpec.model_validate(spec)


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"long": "5m", "short": "5m", "factor": "2", "level": "Breach"}, "must be shorter than the long window"),
        ({"long": "29d", "short": "5m", "factor": "2", "level": "Breach"}, "longer than the period 28d"),
        ({"long": "1h", "short": "5m", "factor": "2", "level": "Exhausted"}, "Breach"),
        ({"long": "1h", "short": "5m", "factor": "-2", "level": "Breach"}, "is not a factor"),
    ],
)
def test_an_alert_window_that_makes_no_sense_is_refused_in_words(window: dict[str, str], words: str) -> None:
    spec = contract_raw()["spec"]
    spec["objectives"][0]["alerting"] = {"windows": [window]}
    with pytest.raises(ValidationError, match=words):
        SLAContractSpec.model_validate(spec)


def test_the_strictest_mode_wins_and_no_mode_at_all_is_observe() -> None:
    assert strictest(Mode.ENFORCE, Mode.PROPOSE) is Mode.PROPOSE
    assert strictest(Mode.ENFORCE, Mode.OBSERVE, Mode.PROPOSE) is Mode.OBSERVE
    assert strictest() is Mode.OBSERVE


@pytest.mark.parametrize(
    ("annotation", "mode"),
    [(None, Mode.ENFORCE), ("Propose", Mode.PROPOSE), ("enforce", Mode.OBSERVE), ("", Mode.OBSERVE)],
)
def test_a_namespace_s_word_that_is_no_mode_allows_the_least(annotation: str | None, mode: Mode) -> None:
    annotations = {} if annotation is None else {MODE_ANNOTATION: annotation}
    assert NamespaceView("shop", {}, annotations).ceiling is mode


@pytest.mark.parametrize("value", ["True", "1", "yes", ""])
def test_a_namespace_opts_in_with_exactly_the_word_true(value: str) -> None:
    assert not NamespaceView("shop", {"autonomic.maestro.dev/enabled": value}, {}).enabled
    assert NamespaceView("shop", {"autonomic.maestro.dev/enabled": "true"}, {}).enabled
