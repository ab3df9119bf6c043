"""The operator's process: its environment, its identity, its ends. A stand-in of the same name takes its place here."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from testbed.cache import program_path
from testbed.cluster import Cluster
from testbed.operator_process import OperatorProcess, start_operator
from testbed.people import ADMIN
from testbed.ports import is_listening
from testbed.process import StartFailedError
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.showcase import POLICIES

STAND_IN = """
import http.server, json, os, sys
print("started", sys.argv[1:], flush=True)
if "BROKEN" in os.environ:
    sys.exit("no good")

class Environment(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/livez" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(dict(os.environ)).encode())

address = (os.environ["AUTONOMIC_HTTP_HOST"], int(os.environ["AUTONOMIC_HTTP_PORT"]))
http.server.HTTPServer(address, Environment).serve_forever()
"""


def release(namespace: str) -> list[dict[str, Any]]:
    """What a chart would have installed: the least that the process needs."""
    container = {
        "name": "operator",
        "image": "operator",
        "args": ["run"],
        "env": [
            {"name": "AUTONOMIC_POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "AUTONOMIC_OPA_URL", "value": "http://127.0.0.1:8181"},
            {"name": "AUTONOMIC_LOG_LEVEL", "value": "info"},
            {"name": "AUTONOMIC_HTTP_PORT", "value": "8080"},
        ],
        "livenessProbe": {"httpGet": {"path": "/livez", "port": 8080}},
    }
    labels = {"app": "autonomic"}
    template = {"metadata": {"labels": labels}, "spec": {"serviceAccountName": "autonomic", "containers": [container]}}
    metadata = {"name": "autonomic", "namespace": namespace}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec},
    ]


@pytest.fixture
def stand_in(cluster: Cluster, namespace: str, tmp_path: Path) -> dict[str, str]:
    document = {"apiVersion": "v1", "kind": "List", "items": release(namespace)}
    cluster.kubectl("apply", "--filename=-", as_=ADMIN, input=json.dumps(document))
    package = tmp_path / "autonomic"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(STAND_IN)
    return {"PYTHONPATH": str(tmp_path)}


def start(run: Run, cluster: Cluster, namespace: str, extra: dict[str, str], replica: int = 0) -> OperatorProcess:
    return start_operator(run, cluster, "http://prometheus", "http://opa", replica, extra, namespace)


def test_the_environment_is_the_deployments_but_for_what_differs_outside_a_pod(
    testbed_run: Run, cluster: Cluster, namespace: str, stand_in: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTONOMIC_STRAY", "from the shell of whoever runs the tests")
    operator = start(testbed_run, cluster, namespace, stand_in)
    env = requests.get(f"{operator.http_url}/livez", timeout=5).json()
    assert {name: value for name, value in env.items() if name.startswith("AUTONOMIC_")} == {
        "AUTONOMIC_POD_NAME": "autonomic-testbed-0",
        "AUTONOMIC_LOG_LEVEL": "info",
        "AUTONOMIC_PROMETHEUS_URL": "http://prometheus",
        "AUTONOMIC_OPA_URL": "http://opa",
        "AUTONOMIC_OPA_PROGRAM": str(program_path(OPA)),
        "AUTONOMIC_POLICY_SCHEMA": str(POLICIES / "schemas" / "input.json"),
        "AUTONOMIC_SIGNALS_FOLDER": str(testbed_run.data / "signals" / "autonomic-testbed-0"),
        "AUTONOMIC_HTTP_HOST": "127.0.0.1",
        "AUTONOMIC_HTTP_PORT": operator.http_url.rsplit(":", maxsplit=1)[1],
    }
    assert "started ['run']" in operator.logs
    operator.stop()


def test_it_is_its_own_service_account_and_nobody_else(
    testbed_run: Run, cluster: Cluster, namespace: str, stand_in: dict[str, str]
) -> None:
    operator = start(testbed_run, cluster, namespace, stand_in)
    seen = cluster.kubectl("--kubeconfig", operator.env["KUBECONFIG"], "auth", "whoami", "--output=json")
    operator.stop()
    assert json.loads(seen)["status"]["userInfo"]["username"] == operator.user
    assert operator.user == f"system:serviceaccount:{namespace}:autonomic"


def test_it_ends_in_order_or_at_once_and_comes_back_at_the_same_address(
    testbed_run: Run, cluster: Cluster, namespace: str, stand_in: dict[str, str]
) -> None:
    operator = start(testbed_run, cluster, namespace, stand_in)
    port = int(operator.http_url.rsplit(":", maxsplit=1)[1])
    assert operator.stop() == -15
    assert not operator.alive
    assert not is_listening(port)
    operator.start()
    assert operator.kill9() == -9
    operator.start()
    operator.restart()
    assert operator.alive
    assert operator.logs.count("started") == 4
    operator.stop()


def test_two_replicas_have_names_addresses_and_logs_of_their_own(
    testbed_run: Run, cluster: Cluster, namespace: str, stand_in: dict[str, str]
) -> None:
    one, two = (start(testbed_run, cluster, namespace, stand_in, replica) for replica in (10, 11))
    assert one.pod_name != two.pod_name
    assert one.http_url != two.http_url
    assert one.log != two.log
    assert one.user == two.user
    one.stop()
    assert two.alive
    two.stop()


def test_an_operator_that_does_not_start_shows_why(
    testbed_run: Run, cluster: Cluster, namespace: str, stand_in: dict[str, str]
) -> None:
    with pytest.raises(StartFailedError, match=r"autonomic-testbed-20-\d+ ended with code 1(.|\n)*no good"):
        start(testbed_run, cluster, namespace, {**stand_in, "BROKEN": "yes"}, replica=20)
