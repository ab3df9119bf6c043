"""Documents: what is read of them, what is named, and what is refused with file, document and field."""

from typing import Any

import pytest

from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid
from autonomic.openslo.importing import import_contracts
from autonomic.openslo.text import dump
from tests.unit.openslo.papers import imported, losses, paper, policy, ratio, slo

PREFIX = "autonomic.maestro.dev/"


def test_labels_annotations_and_descriptions_go_along() -> None:
    metadata = {
        "displayName": "Web",
        "labels": {"team": "a", "env": ["prod"], "many": ["a", "b"], "odd": "not a label!"},
        "annotations": {"example.org/owner": "me"},
    }
    document = slo(metadata=metadata, description="All of it", service="shop")
    (manifest,) = imported(document).manifests
    assert manifest["metadata"] == {
        "name": "web",
        "labels": {"team": "a", "env": "prod"},
        "annotations": {
            "example.org/owner": "me",
            f"{PREFIX}display-name": "Web",
            f"{PREFIX}description": "All of it",
            f"{PREFIX}service": "shop",
        },
    }
    assert set(losses(document)) == {"metadata.labels.many", "metadata.labels.odd"}


def test_a_contract_that_was_made_is_valid() -> None:
    (manifest,) = imported(slo(alertPolicies=[policy()])).manifests
    assert SLAContract.read(manifest).spec.target_ref.name == "agent"


def test_the_command_line_wins_over_the_annotations() -> None:
    annotations = {f"{PREFIX}target": "statefulset/queue", f"{PREFIX}namespace": "here"}
    text = dump([slo(metadata={"annotations": annotations})])
    (kept,) = import_contracts([("a.yaml", text)]).manifests
    assert kept["spec"]["targetRef"] == {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "queue"}
    assert kept["metadata"]["namespace"] == "here"
    (told,) = import_contracts(
        [("a.yaml", text)], target="argoproj.io/v1alpha1/Rollout/agent", namespace="there"
    ).manifests
    assert told["spec"]["targetRef"] == {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "agent"}
    assert told["metadata"]["namespace"] == "there"


def test_a_field_that_nobody_knows_is_named() -> None:
    document = slo(novelty={"a": 1}, objectives=[{"target": 0.99, "mood": "good"}])
    assert set(losses(document)) == {"spec.novelty", "spec.objectives[0].mood"}


def test_documents_that_no_slo_needs_are_named() -> None:
    others = (
        paper("SLI", "lonely", ratio()),
        paper("AlertNotificationTarget", "oncall", {"target": "email"}),
        paper("Service", "agent", {"description": "what it does"}),
    )
    named = {(loss.document.split(", ")[1], loss.path) for loss in imported(slo(), *others).losses}
    assert named == {
        ("SLI lonely)", "metadata.name"),
        ("AlertNotificationTarget oncall)", "spec"),
        ("Service agent)", "spec"),
    }


def test_a_reference_may_cross_files_and_a_list_is_as_many_documents() -> None:
    texts = [
        ("slo.yaml", dump([slo(indicator=None, indicatorRef="shared")])),
        ("sli.yaml", "- " + dump([paper("SLI", "shared", ratio())]).replace("\n", "\n  ")),
    ]
    found = import_contracts(texts, target="deployment/agent")
    assert len(found.manifests) == 1
    assert found.losses == ()


def refused(*documents: Any, text: str | None = None, target: str | None = "deployment/agent") -> str:
    """Why the file `slo.yaml` is refused."""
    with pytest.raises(Invalid) as told:
        import_contracts([("slo.yaml", dump(documents) if text is None else text)], target=target)
    return str(told.value)


def without(document: dict[str, Any], *path: str) -> dict[str, Any]:
    """The document without a field of its spec."""
    *way, last = path
    place = document["spec"]
    for step in way:
        place = place[step]
    del place[last]
    return document


SLO = "slo.yaml: document 1 (line 1, SLO web): "


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (slo() | {"apiVersion": "openslo/v2"}, "apiVersion is 'openslo/v2': only openslo/v1 is read"),
        (slo() | {"metadata": {"name": ["web"]}}, "metadata.name is '[\"web\"]': write a text"),
        (slo(indicatorRef="gone", indicator=None), "spec.indicatorRef is 'gone': there is no SLI of this name"),
        (slo(indicatorRef="both"), "give indicator or indicatorRef, one of them"),
        (
            slo(alertPolicies=[{"alertPolicyRef": "gone"}]),
            "spec.alertPolicies[0].alertPolicyRef is 'gone': there is no",
        ),
        (slo(timeWindow=None), "spec.timeWindow is missing"),
        (slo(timeWindow=[]), "spec.timeWindow is '[]': give exactly one time window"),
        (slo(timeWindow=[{"duration": "1 month", "isRolling": True}]), "write a whole number and one unit of m, h, d"),
        (slo(timeWindow=[{"duration": "0d", "isRolling": True}]), "a duration must be longer than nothing"),
        (slo(timeWindow=[{"duration": "28d", "isRolling": False}]), "a window that does not roll needs its calendar"),
        (
            slo(timeWindow=[{"duration": "1M", "calendar": {"startTime": "monday", "timeZone": "UTC"}}]),
            "spec.timeWindow[0].calendar.startTime is 'monday': write a date and a time",
        ),
        (
            slo(timeWindow=[{"duration": "1M", "calendar": {"startTime": "2022-01-01", "timeZone": "Mars/Base"}}]),
            "window.calendar.timeZone: 'Mars/Base' is not a time zone",
        ),
        (slo(budgetingMethod="Guess"), "spec.budgetingMethod is 'Guess': write one of Occurrences, Timeslices"),
        (
            slo(objectives=[{"target": 1.0}]),
            "spec.objectives[0].target is '1.0': a target leaves an error budget: write more than 0",
        ),
        (slo(objectives=[{"target": "most"}]), "spec.objectives[0].target is 'most': write a number"),
        (slo(objectives=[{"target": True}]), "spec.objectives[0].target is 'true': write a number"),
        (slo(objectives=[{"target": 0.9, "targetPercent": 90}]), "give target or targetPercent, one of them"),
        (slo(objectives=[{}]), "spec.objectives[0].target is missing"),
        (slo(objectives={"target": 0.9}), "spec.objectives is '{\"target\":0.9}': write a list"),
        (slo(budgetingMethod="Timeslices"), "spec.objectives[0].timeSliceWindow is missing"),
        (
            slo({"ratioMetric": ratio()["ratioMetric"] | {"bad": ratio()["ratioMetric"]["good"]}}),
            "and good or bad, one",
        ),
        (slo({}), "give ratioMetric or thresholdMetric, one of them"),
        (slo(alertPolicies=[policy(threshold=2000)]), "factor 2000 can never fire at target 99.5"),
        (slo(alertPolicies=[policy(lookbackWindow="5m", alertAfter="1h")]), "short window 1h must be shorter"),
        (
            slo(metadata={"annotations": {f"{PREFIX}adaptations": "[oops"}}),
            "metadata.annotations.autonomic.maestro.dev/adaptations is '[oops': write JSON",
        ),
        (slo(metadata={"annotations": {f"{PREFIX}tier": "Lead"}}), "as a contract: spec.tier: Input should be 'Gold'"),
        (slo(metadata={"annotations": {f"{PREFIX}indicator": "{}"}}), "give exactly one of ratio, latency"),
    ],
)
def test_a_wrong_document_is_refused_with_its_place_and_the_way_out(document: dict[str, Any], expected: str) -> None:
    message = refused(document)
    assert message.startswith("slo.yaml: document 1 (line 1, SLO ")
    assert expected in message


def test_text_that_is_no_yaml_is_refused_with_its_line() -> None:
    assert refused(text="a: b\nc: [d\n").startswith("slo.yaml: line 3: not YAML: ")


def test_a_document_that_is_no_mapping_is_refused_with_its_line() -> None:
    assert refused(text="---\n\n---\nhello\n").startswith("slo.yaml: document 1 (line 4): is 'hello'")


def test_an_unknown_kind_is_refused() -> None:
    assert "kind is 'Wish': write one of SLO, SLI" in refused(paper("Wish", "w", {}))


def test_two_documents_of_one_name_are_refused() -> None:
    assert "metadata.name is 'web': slo.yaml: document 1 (line 1, SLO web) has this name too" in refused(slo(), slo())


def test_an_slo_without_a_workload_is_refused_with_both_ways_out() -> None:
    message = refused(slo(), target=None)
    assert message.startswith(SLO)
    assert "give --target deployment/NAME" in message
    assert f"{PREFIX}target: deployment/NAME" in message


@pytest.mark.parametrize("word", ["agent", "rollout/agent", "deployment/", ""])
def test_a_workload_that_can_not_be_read_is_refused(word: str) -> None:
    document = slo(metadata={"annotations": {f"{PREFIX}target": word or "/"}})
    assert f"{PREFIX}target is '{word or '/'}': write deployment/NAME" in refused(document, target=None)


def test_slos_of_one_contract_that_disagree_about_it_are_refused() -> None:
    one, other = ({"annotations": {f"{PREFIX}contract": "c", f"{PREFIX}tier": tier}} for tier in ("Gold", "Bronze"))
    message = refused(slo(metadata=one), slo(name="other", metadata=other))
    assert "is of the same contract as slo.yaml: document 1" in message
