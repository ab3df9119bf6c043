"""`autonomic doctor` as a program, before a real control plane: what is missing is found, named, and has a way out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from testbed.cache import program_path
from testbed.cluster import Cluster, CommandFailedError, local_cluster
from testbed.definitions import OURS, await_served, define
from testbed.installation import NAMESPACE, install
from testbed.opa import Opa
from testbed.people import ADMIN, ROOT
from testbed.programs.catalogue import OPA, PROMETHEUS_RULES_CRD
from testbed.prometheus import Prometheus
from testbed.run import Run
from testbed.waiting import until

CRDS = Path(__file__).parents[2] / "crds"
SCHEMA = Path(__file__).parents[2] / "policies" / "schemas" / "input.json"
SECONDS = 60
KEPT = ("PATH", "HOME", "LANG")


@dataclass(frozen=True)
class Report:
    """What one examination said: its exit code, and each check by name."""

    code: int
    checks: Mapping[str, Mapping[str, str]]

    def outcomes(self) -> dict[str, str]:
        """ok, warn or fail, by name."""
        return {name: check["outcome"] for name, check in self.checks.items()}


@dataclass(frozen=True)
class Doctor:
    """The program, and the peers that it is told of."""

    peers: Mapping[str, str]

    def examine(self, kubeconfig: Path, **changed: str) -> Report:
        """Run it with that kubeconfig."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        env = {**kept, **self.peers, "KUBECONFIG": str(kubeconfig), **changed}
        command = [sys.executable, "-m", "autonomic", "doctor", "-o", "json"]
        ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS)
        assert not ended.stderr
        told: dict[str, Any] = json.loads(ended.stdout)
        return Report(ended.returncode, {check["name"]: check for check in told["checks"]})


@pytest.fixture
def doctor(prometheus: Prometheus, opa: Opa) -> Doctor:
    """Doctor, with a Prometheus and an OPA that are well."""
    return Doctor({"AUTONOMIC_PROMETHEUS_URL": prometheus.url, "AUTONOMIC_OPA_URL": opa.url})


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[Cluster]:
    """A cluster that these tests may take apart."""
    with Run() as run:
        yield local_cluster(run)


@pytest.fixture
def bare(own_cluster: Cluster) -> Cluster:
    """Nothing of ours is there."""

    def undefined() -> bool:
        own_cluster.kubectl("delete", "--wait=false", "--ignore-not-found", "-f", CRDS, as_=ROOT)
        return own_cluster.kubectl("get", "crd", "-o", "name", as_=ROOT) == ""

    # For some seconds after the chart is gone, its guard on the definitions still is in the API server's memory.
    until(undefined, SECONDS, "the definitions to be gone", ignoring=(CommandFailedError,))
    return own_cluster


@pytest.fixture
def defined(bare: Cluster) -> Cluster:
    """Our definitions are there, and nothing else."""
    bare.kubectl("apply", "--server-side", "--force-conflicts", "-f", CRDS, as_=ROOT)
    await_served(bare, CRDS)
    return bare


@pytest.fixture
def charted(bare: Cluster) -> Iterator[tuple[Cluster, Path]]:
    """The chart is installed; with a kubeconfig of the operator's own account."""
    install(bare)
    yield bare, bare.kubeconfig_for(bare.service_account_token(NAMESPACE, "autonomic"))
    bare.helm("uninstall", "autonomic", "--namespace", NAMESPACE, as_=ROOT)


def test_where_all_is_well_every_check_says_so(doctor: Doctor, charted: tuple[Cluster, Path]) -> None:
    _, operators = charted
    report = doctor.examine(operators)
    assert report.outcomes() == dict.fromkeys(report.checks, "ok")
    assert len(report.checks) == 13
    assert report.code == 0


def test_every_named_server_of_metrics_is_looked_at_for_itself(
    doctor: Doctor, defined: Cluster, tmp_path: Path
) -> None:
    (tmp_path / "servers.yaml").write_text("servers: [{name: eu, url: 'http://127.0.0.1:1'}]")
    changed = {"AUTONOMIC_PROMETHEUS_SERVERS_FILE": str(tmp_path / "servers.yaml")}
    report = doctor.examine(defined.kubeconfigs[ADMIN], **changed)
    assert (report.outcomes()["prometheus"], report.outcomes()["prometheus/eu"]) == ("ok", "fail")
    assert "http://127.0.0.1:1" in report.checks["prometheus/eu"]["message"]


def test_without_definitions_each_is_named_and_one_command_brings_them(doctor: Doctor, bare: Cluster) -> None:
    report = doctor.examine(bare.kubeconfigs[ADMIN])
    check = report.checks["definitions"]
    assert (report.code, check["outcome"]) == (1, "fail")
    assert all(plural in check["message"] for plural in OURS)
    bare.kubectl(*check["remedy"].removeprefix("kubectl ").replace("crds/", str(CRDS)).split(), as_=ROOT)
    assert doctor.examine(bare.kubeconfigs[ADMIN]).checks["definitions"]["outcome"] == "ok"


def test_a_definition_of_another_version_is_named(doctor: Doctor, defined: Cluster) -> None:
    older = '[{"op": "replace", "path": "/spec/versions/0/additionalPrinterColumns", "value": []}]'
    defined.kubectl("patch", "crd", "redlines.autonomic.maestro.dev", "--type=json", "-p", older, as_=ROOT)
    check = doctor.examine(defined.kubeconfigs[ADMIN]).checks["definitions"]
    assert check["outcome"] == "fail"
    assert "redlines of another version" in check["message"]
    assert "slacontracts" not in check["message"]


def test_definitions_alone_are_enough_to_observe_and_doctor_says_no_more_will_happen(
    doctor: Doctor, defined: Cluster
) -> None:
    report = doctor.examine(defined.kubeconfigs[ADMIN])
    assert report.code == 0
    warned = {name for name, outcome in report.outcomes().items() if outcome == "warn"}
    assert warned == {"account", "admission", "redlines"}
    assert "nothing would be executed" in report.checks["admission"]["message"]
    assert "Observe" in report.checks["redlines"]["message"]


def test_a_policy_that_is_no_longer_bound_is_found_by_what_it_no_longer_refuses(
    doctor: Doctor, charted: tuple[Cluster, Path]
) -> None:
    cluster, operators = charted
    cluster.kubectl("delete", "validatingadmissionpolicybinding", "autonomic-allow-list", as_=ROOT)

    def noticed() -> Report | None:
        report = doctor.examine(operators)
        return report if report.code else None

    check = until(noticed, SECONDS, "the API server to forget the binding").checks["admission"]
    assert check["outcome"] == "fail"
    assert "pause its own Deployment was accepted" in check["message"]


def test_a_right_that_the_operator_lacks_is_named(doctor: Doctor, charted: tuple[Cluster, Path]) -> None:
    cluster, operators = charted
    role = json.loads(cluster.kubectl("get", "clusterrole", "autonomic-operator", "-o", "json", as_=ROOT))
    role["rules"] = [rule for rule in role["rules"] if "deployments" not in rule["resources"]]
    cluster.kubectl("replace", "-f", "-", input=json.dumps(role), as_=ROOT)
    report = doctor.examine(operators)
    assert report.checks["permissions"]["outcome"] == "fail"
    assert "get deployments.apps, patch deployments.apps" in report.checks["permissions"]["message"]


def test_the_right_to_publish_is_needed_where_the_cluster_has_prometheus_rules(
    doctor: Doctor, charted: tuple[Cluster, Path]
) -> None:
    cluster, operators = charted
    role = json.loads(cluster.kubectl("get", "clusterrole", "autonomic-operator", "-o", "json", as_=ROOT))
    role["rules"] = [rule for rule in role["rules"] if "prometheusrules" not in rule["resources"]]
    cluster.kubectl("replace", "-f", "-", input=json.dumps(role), as_=ROOT)
    assert doctor.examine(operators).checks["permissions"]["outcome"] == "ok"
    definition = define(cluster, PROMETHEUS_RULES_CRD)

    def noticed() -> Report | None:
        report = doctor.examine(operators)
        return report if report.code else None

    try:
        check = until(noticed, SECONDS, "the API server to serve PrometheusRules").checks["permissions"]
    finally:
        cluster.kubectl("delete", "-f", definition, as_=ROOT)
    verbs = ("get", "list", "create", "patch", "delete")
    lacking = ", ".join(f"{verb} prometheusrules.monitoring.coreos.com" for verb in verbs)
    assert check["message"].endswith(f"may not {lacking}")


def test_peers_that_are_down_are_told_each_by_its_address_and_hide_nothing_else(
    doctor: Doctor, prometheus: Prometheus, opa: Opa, defined: Cluster
) -> None:
    prometheus.service.stop()
    opa.service.stop()
    try:
        report = doctor.examine(defined.kubeconfigs[ADMIN])
    finally:
        prometheus.service.start()
        opa.service.start()
    assert report.code == 1
    failed = {name for name, outcome in report.outcomes().items() if outcome == "fail"}
    assert failed == {"prometheus", "opa"}
    assert prometheus.url in report.checks["prometheus"]["message"]
    assert "AUTONOMIC_OPA_URL" in report.checks["opa"]["remedy"]


def test_a_misspelt_variable_is_a_warning(doctor: Doctor, defined: Cluster) -> None:
    report = doctor.examine(defined.kubeconfigs[ADMIN], AUTONOMIC_PLANS_EXPIRY="2h")
    assert report.checks["settings"]["outcome"] == "warn"
    assert "AUTONOMIC_PLAN_EXPIRY" in report.checks["settings"]["message"]


def test_a_policy_of_owners_that_the_operator_refuses_is_named(doctor: Doctor, charted: tuple[Cluster, Path]) -> None:
    cluster, operators = charted
    checking = {"AUTONOMIC_OPA_PROGRAM": str(program_path(OPA)), "AUTONOMIC_POLICY_SCHEMA": str(SCHEMA)}
    good = 'package autonomic.owners.good\n\ndenials contains "x" if input.mode == "?"\n'

    def apply(name: str, text: str) -> None:
        meta = {"name": name, "namespace": NAMESPACE, "labels": {"autonomic.maestro.dev/policy": "true"}}
        made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": {"policy.rego": text}}
        cluster.kubectl("apply", "-f", "-", input=json.dumps(made), as_=ROOT)

    apply("good", good)
    check = doctor.examine(operators, **checking).checks["owners"]
    assert (check["outcome"], check["message"]) == ("ok", "policies of owners are good: good")
    apply("broken", good.replace("input.mode", "input.mood"))
    try:
        report = doctor.examine(operators, **checking)
        assert report.code == 1
        assert "ConfigMap broken: " in report.checks["owners"]["message"]
        assert "undefined ref: input.mood" in report.checks["owners"]["message"]
    finally:
        cluster.kubectl("delete", "configmap", "good", "broken", "-n", NAMESPACE, as_=ROOT)
