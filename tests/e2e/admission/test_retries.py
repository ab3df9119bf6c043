"""A failed Job is run again where the namespace opted in: with its pods, under its name, owned by it."""

from collections.abc import Iterator
from typing import Any

import pytest

from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ROOT
from testbed.waiting import until
from tests.e2e.admission.conftest import known_namespace
from tests.e2e.admission.proposals import GROUP
from tests.e2e.admission.refusals import await_refusal, refused
from tests.e2e.admission.specimens import JOB, ONCE

ALLOW, COMPARE = "autonomic-allow-list", "autonomic-retries"
COLLECTED_SECONDS = 60.0


@pytest.fixture(scope="module")
def namespace(installed: Installation) -> Iterator[str]:
    """One in which Jobs may be run again."""
    with known_namespace(installed) as name:
        installed.cluster.kubectl("label", "namespace", name, f"{GROUP}/allow-retry=true", as_=ROOT)
        yield name


@pytest.fixture(scope="module")
def failed(installed: Installation, namespace: str) -> dict[str, Any]:
    """A Job of which a retry is known to be compared with it."""
    api, path = installed.cluster.api(ROOT), JOB.make(installed, namespace)
    job = api.get(path)
    evil = retry_of(installed, job, template={"spec": {**ONCE, "hostNetwork": True}})
    await_refusal(lambda: create(installed, namespace, evil, dry=True), COMPARE, "with other pods")
    return job


def retry_of(installed: Installation, job: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """What the operator creates to run that Job again; `spec` replaces fields."""
    name, uid = job["metadata"]["name"], job["metadata"]["uid"]
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": uid}
    kept = {each: job["spec"][each] for each in ("parallelism", "completions", "backoffLimit")}
    template = {"spec": job["spec"]["template"]["spec"]}
    return {
        "metadata": {
            "name": f"{name}-retry-1",
            "annotations": {f"{GROUP}/epoch": str(installed.lead()), f"{GROUP}/retry-of": name},
            "ownerReferences": [owner],
        },
        "spec": {**kept, "template": template, **spec},
    }


def create(installed: Installation, namespace: str, job: dict[str, Any], dry: bool = True) -> dict[str, Any]:
    """The operator creates a Job."""
    return installed.operator.post(JOB.collection(namespace), job, **({"dryRun": "All"} if dry else {}))


def test_a_failed_job_is_run_again(installed: Installation, namespace: str, failed: dict[str, Any]) -> None:
    create(installed, namespace, retry_of(installed, failed))


def test_no_job_is_created_where_nobody_allowed_it(installed: Installation, failed: dict[str, Any]) -> None:
    with known_namespace(installed) as elsewhere, refused(ALLOW, f"not labelled {GROUP}/allow-retry=true"):
        create(installed, elsewhere, retry_of(installed, failed))


@pytest.mark.parametrize(
    ("meta", "named"),
    [
        ({"name": "miner"}, "only NAME-retry-N"),
        ({"annotations": {f"{GROUP}/retry-of": None}}, "only NAME-retry-N"),
        ({"ownerReferences": []}, "with one ownerReference"),
        ({"finalizers": ["example.com/held"]}, "without finalizers"),
    ],
    ids=["name", "annotation", "owner", "finalizer"],
)
def test_a_retry_says_whose_it_is(
    installed: Installation, namespace: str, failed: dict[str, Any], meta: dict[str, Any], named: str
) -> None:
    job = retry_of(installed, failed)
    annotations = {**job["metadata"]["annotations"], **meta.get("annotations", {})}
    kept = {key: value for key, value in annotations.items() if value is not None}
    job["metadata"] |= {**meta, "annotations": kept}
    with refused(ALLOW, named):
        create(installed, namespace, job)


@pytest.mark.parametrize("change", [{"name": "other"}, {"kind": "CronJob"}, {"controller": True}], ids=str)
def test_a_retry_is_owned_by_the_job_that_it_names(
    installed: Installation, namespace: str, failed: dict[str, Any], change: dict[str, Any]
) -> None:
    job = retry_of(installed, failed)
    job["metadata"]["ownerReferences"][0] |= change
    with refused(ALLOW, "with one ownerReference"):
        create(installed, namespace, job)


def test_a_retry_is_owned_by_the_life_of_the_job_that_it_names(
    installed: Installation, namespace: str, failed: dict[str, Any]
) -> None:
    job = retry_of(installed, failed)
    job["metadata"]["ownerReferences"][0]["uid"] = "another"
    with refused(COMPARE, "another uid"):
        create(installed, namespace, job)


@pytest.mark.parametrize(
    "pod",
    [
        {"containers": [{"name": "main", "image": "example.com/evil:1"}]},
        {"serviceAccountName": "admin"},
        {"hostNetwork": True},
        {"volumes": [{"name": "host", "hostPath": {"path": "/"}}]},
    ],
    ids=["image", "account", "network", "volume"],
)
def test_a_retry_runs_what_the_job_ran(
    installed: Installation, namespace: str, failed: dict[str, Any], pod: dict[str, Any]
) -> None:
    template = {"spec": {**failed["spec"]["template"]["spec"], **pod}}
    with refused(COMPARE, "with other pods"):
        create(installed, namespace, retry_of(installed, failed, template=template))


@pytest.mark.parametrize("field", ["parallelism", "completions", "backoffLimit"])
def test_a_retry_runs_no_more_pods_than_the_job(
    installed: Installation, namespace: str, failed: dict[str, Any], field: str
) -> None:
    with refused(COMPARE, "with more pods"):
        create(installed, namespace, retry_of(installed, failed, **{field: 1000}))


def test_a_retry_of_nothing_is_collected(installed: Installation, namespace: str, failed: dict[str, Any]) -> None:
    """That there is such a Job, admission can't see: the dangling owner takes it away."""
    job = retry_of(installed, {**failed, "metadata": {"name": "never", "uid": "no-such-uid"}})
    created = create(installed, namespace, {**job, "spec": {**job["spec"], "suspend": True}}, dry=False)
    path = f"{JOB.collection(namespace)}/{created['metadata']['name']}"

    def gone() -> bool:
        try:
            installed.cluster.api(ROOT).get(path)
        except ApiError as problem:
            return problem.status == 404
        return False

    until(gone, COLLECTED_SECONDS, "the Job to be collected")


def test_a_retry_is_fenced(installed: Installation, namespace: str, failed: dict[str, Any]) -> None:
    job = retry_of(installed, failed)
    job["metadata"]["annotations"][f"{GROUP}/epoch"] = "-1"
    with refused("autonomic-fence", "a leader that was replaced"):
        create(installed, namespace, job)
