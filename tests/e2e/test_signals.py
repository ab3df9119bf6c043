"""Pushed signals with the cluster's own answers, and an operator that is killed while it holds them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from testbed.cluster import Cluster, local_cluster
from testbed.installation import Installation, install
from testbed.opa import Opa
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ROOT
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until

SECONDS = 60.0
SECRET = "the-secret-of-the-pager"


@pytest.fixture(scope="module")
def installed(own_run: Run) -> Installation:
    """A cluster in which no other operator leads."""
    return install(local_cluster(own_run))


@pytest.fixture(scope="module")
def cluster(installed: Installation) -> Cluster:
    """The same."""
    return installed.cluster


@pytest.fixture
def operator(
    own_run: Run, installed: Installation, prometheus: Prometheus, opa: Opa, tmp_path: Path
) -> Iterator[OperatorProcess]:
    """The operator of the chart, with one sender that has a secret."""
    (tmp_path / "token").write_text(SECRET)
    sender = {"name": "pager", "bearerTokenFile": str(tmp_path / "token"), "namespaces": ["*"]}
    (tmp_path / "senders.yaml").write_text(json.dumps({"senders": [sender]}))
    env = {
        "AUTONOMIC_SIGNALS_SENDERS_FILE": str(tmp_path / "senders.yaml"),
        "AUTONOMIC_SIGNALS_FOLDER": str(tmp_path / "signals"),
    }
    operator = start_operator(own_run, installed.cluster, prometheus.url, opa.url, extra_env=env)
    yield operator
    operator.stop()


def events(namespace: str, *ids: str) -> list[dict[str, Any]]:
    """A batch about one namespace."""
    now = datetime.now(UTC).isoformat()
    each = {"specversion": "1.0", "type": "dev.maestro.signal.QueueDepth.v1", "source": "/e2e", "time": now}
    return [each | {"id": id_, "namespace": namespace, "data": {"value": 3, "labels": {"queue": "in"}}} for id_ in ids]


def post(operator: OperatorProcess, token: str, path: str, body: Any, kind: str) -> httpx.Response:
    """What the operator answers."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
    return httpx.post(operator.http_url + path, content=json.dumps(body), headers=headers, timeout=10)


def push(operator: OperatorProcess, token: str, body: Any) -> httpx.Response:
    """A batch of events; asked again while another replica, or none, leads."""

    def answered() -> httpx.Response | None:
        answer = post(operator, token, "/autonomic/signals", body, "application/cloudevents-batch+json")
        return None if answer.status_code == 503 else answer

    return until(answered, SECONDS, "the operator to lead", ignoring=(httpx.HTTPError,))


def page(operator: OperatorProcess) -> str:
    """The metrics."""
    return httpx.get(operator.http_url + "/metrics").text


def test_signals_are_taken_from_who_may_send_them_and_outlive_a_kill(
    operator: OperatorProcess, installed: Installation, namespace: str
) -> None:
    cluster = installed.cluster
    for name in ("worker", "stranger"):
        cluster.kubectl("create", "serviceaccount", name, "--namespace", namespace, as_=ROOT)
    role = ("--clusterrole=autonomic-sender", f"--serviceaccount={namespace}:worker", "--namespace", namespace)
    cluster.kubectl("create", "rolebinding", "worker-sends", *role, as_=ROOT)
    worker, stranger = (cluster.service_account_token(namespace, name) for name in ("worker", "stranger"))

    first = push(operator, worker, [*events(namespace, "1", "2"), *events("kube-system", "3")])
    assert (first.status_code, first.json()["accepted"]) == (202, 2)
    assert [(each["index"], each["reason"]) for each in first.json()["refused"]] == [(2, "NotAllowed")]
    assert push(operator, stranger, events(namespace, "4")).status_code == 403
    assert push(operator, "invented", events(namespace, "5")).status_code == 401

    operator.kill9()
    operator.start()
    again = push(operator, worker, events(namespace, "2", "6"))
    assert (again.json()["accepted"], again.json()["duplicates"]) == (1, 1)
    series = f'autonomic_signal_occurrences_total{{namespace="{namespace}",queue="in",signal="QueueDepth"}} 3'
    assert series in page(operator)


def test_alertmanager_sends_alerts_with_its_secret(operator: OperatorProcess, namespace: str) -> None:
    until(partial(push, operator, SECRET, []), SECONDS, "the operator to lead")
    now = datetime.now(UTC).isoformat()
    alert = {
        "status": "firing",
        "labels": {"alertname": "TooSlow", "namespace": namespace, "deployment": "triage"},
        "annotations": {},
        "startsAt": now,
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": "8d5f",
    }
    body = {"version": "4", "status": "firing", "receiver": "autonomic", "truncatedAlerts": 0, "alerts": [alert]}
    for accepted in (1, 0):
        answer = post(operator, SECRET, "/autonomic/alerts", body, "application/json")
        assert (answer.status_code, answer.json()["accepted"]) == (202, accepted)
    assert 'sender="webhook:pager"} 1' in page(operator)
