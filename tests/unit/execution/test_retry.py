"""Retry: when, how often, and exactly what runs again."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.domain.actions import Action, PermittedAction, Retry
from autonomic.domain.targets import Target
from autonomic.domain.words import RETRY_LABEL
from autonomic.execution.action import Declined
from tests.contract.actions.queues import job
from tests.contract.actions.row import Manifest
from tests.unit.domain.specimens import NOW
from tests.unit.execution.samples import KINDS, placed, target_of

RETRY = KINDS["Retry"]


def at(seconds: float, kind: str = "Failed") -> Manifest:
    """A condition, since so many seconds before now."""
    since = (NOW - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return {"type": kind, "status": "True", "lastTransitionTime": since}


def retried(number: int, *conditions: Manifest, of: str = "uid-it") -> Manifest:
    """A retry of the Job."""
    made = placed(job(f"it-retry-{number}"), conditions=list(conditions))
    made["metadata"] |= {
        "uid": f"uid-retry-{number}",
        "annotations": {"autonomic.maestro.dev/retry-of": "it"},
        "ownerReferences": [{"kind": "Job", "name": "it", "uid": of}],
    }
    return made


def failed(*related: Manifest, since: float = 60, name: str = "it") -> Target:
    """The Job, which failed so many seconds ago."""
    return target_of(placed(job(name), conditions=[at(since)]), related)


def retry(target: Target, **wish: Any) -> Action:
    """The retry that is due now."""
    permitted = PermittedAction.model_validate({"type": "Retry", "retry": {"limit": 3, "backoff": "30s", **wish}})
    return RETRY.fix(permitted, target, NOW.isoformat())


def test_the_pause_doubles_with_each_retry() -> None:
    assert retry(failed(since=30)).retry == Retry(job="it-retry-1", attempt=1)
    for made, since, due in ((0, 29, False), (1, 59, False), (1, 60, True), (2, 119, False), (2, 120, True)):
        target = failed(*(retried(number + 1, at(since)) for number in range(made)), since=since)
        if due:
            assert RETRY.describe(retry(target), target) == f"run again as it-retry-{made + 1}"
        else:
            with pytest.raises(Declined, match="is retried from"):
                retry(target)


def test_enough_is_enough() -> None:
    with pytest.raises(Declined, match="was retried 2 times, limit is 2"):
        retry(failed(retried(1, at(900)), retried(2, at(900))), limit=2)


def test_a_retry_that_was_tidied_away_counts_all_the_same() -> None:
    assert RETRY.describe(retry(failed(retried(2, at(900)), since=900)), failed()) == "run again as it-retry-3"


def test_the_retries_of_an_earlier_life_of_the_name_do_not_count() -> None:
    assert RETRY.describe(retry(failed(retried(1, at(900), of="uid-other"))), failed()) == "run again as it-retry-1"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (retried(1), "its retry it-retry-1 is still running"),
        (retried(1, at(9, "Complete")), "its retry it-retry-1 has succeeded"),
    ],
)
def test_nothing_runs_again_beside_a_retry_that_lives_or_did_it(other: Manifest, why: str) -> None:
    target = failed(other, since=900)
    assert RETRY.objection(retry(failed(retried(1, at(900)), since=900)), target) == why


def test_only_where_an_administrator_allows_it() -> None:
    for labels in ({}, {RETRY_LABEL: "false"}):
        target = Target(failed().ref, failed().raw, labels)
        assert RETRY.objection(retry(failed()), target) == f"namespace shop is not labelled {RETRY_LABEL}=true"


def test_a_job_that_goes_on_is_not_retried() -> None:
    running = target_of(placed(job("it"), conditions=[{**at(60), "status": "False"}]))
    assert RETRY.objection(retry(failed()), running) == "Job shop/it has not failed"


def test_the_new_job_has_all_that_ran_and_nothing_of_who_ran_it() -> None:
    labels = {"app": "it", "controller-uid": "u", "batch.kubernetes.io/job-name": "it", "job-name": "it"}
    pod = {"serviceAccountName": "agent", "containers": [{"name": "app", "image": "app:1"}]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    spec = {
        "template": template,
        "selector": {"matchLabels": {"controller-uid": "u"}},
        "podFailurePolicy": {"rules": []},
    }
    raw = job("it")
    target = target_of(placed({**raw, "spec": {**raw["spec"], **spec}}, conditions=[at(60)]))
    made = RETRY.manifest(retry(target), target)
    assert made["spec"]["template"] == {"metadata": {"labels": {"app": "it"}}, "spec": pod}
    assert set(made["spec"]) == {"template", "podFailurePolicy", "parallelism", "completions"}
    assert made["metadata"]["ownerReferences"] == [
        {"apiVersion": "batch/v1", "kind": "Job", "name": "it", "uid": "uid-it"}
    ]


@pytest.mark.parametrize("length", [1, 53, 54, 55, 63])
def test_a_name_is_never_too_long_for_a_job(length: int) -> None:
    target = failed(name="a" * length)
    made = retry(target).retry
    assert made is not None
    assert len(made.job) <= 63
    assert made.job.endswith("-retry-1")
