"""The chart's life: install, upgrade, uninstall.

On a control plane of its own, since there is one installation in a cluster.
"""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from testbed.api import ApiError
from testbed.cluster import Cluster, CommandFailedError, local_cluster
from testbed.definitions import OURS
from testbed.installation import CHART, NAMESPACE, Installation, install
from testbed.people import ADMIN, ROOT
from testbed.run import Run
from testbed.waiting import until
from tests.e2e.admission.proposals import plan_document, plans_path

GROUP = "autonomic.maestro.dev"
CUSTOM = f"/apis/{GROUP}/v1alpha1"
CLUSTER_WIDE = (
    "clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings,"
    f"mutatingadmissionpolicies,mutatingadmissionpolicybindings,redlines.{GROUP},controlloops.{GROUP}"
)
HERE = ("--namespace", NAMESPACE)
END_SECONDS = 60.0


@pytest.fixture(scope="module")
def own_cluster(testbed_run: Run) -> Cluster:
    """A second control plane, whatever the other tests use."""
    return local_cluster(testbed_run)


@pytest.fixture
def released(own_cluster: Cluster) -> Iterator[Installation]:
    """The chart, installed without replicas, and uninstalled again whatever the test did."""
    yield install(own_cluster)
    own_cluster.helm("uninstall", "autonomic", *HERE, "--ignore-not-found")
    _end(own_cluster, NAMESPACE)


def upgrade(cluster: Cluster, *settings: str) -> None:
    """Upgrade with the values of the last release and these."""
    cluster.helm("upgrade", "autonomic", CHART, *HERE, "--reset-then-reuse-values", *settings)


def _end(cluster: Cluster, namespace: str) -> None:
    cluster.delete_namespace(namespace)
    until(lambda: _is_gone(cluster, f"/api/v1/namespaces/{namespace}"), END_SECONDS, f"namespace {namespace} to end")


def _is_gone(cluster: Cluster, path: str) -> bool:
    try:
        cluster.api(ROOT).get(path)
    except ApiError as problem:
        return problem.status == 404
    return False


def test_the_chart_is_clean(own_cluster: Cluster) -> None:
    said = own_cluster.helm("lint", "--strict", CHART)
    assert "0 chart(s) failed" in said
    assert "WARNING" not in said


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("replicaCoun=1", "replicaCoun"),
        ("redLine.killSwitch=true", "killSwitch"),
        ("controlLoops.reliability.mode=enforce", "mode"),
        ("prometheus.url=prometheus", "url"),
        ("policies.blastRadius.maxStep=1", "maxStep"),
        ("policies.automatic.actions={Reboot}", "actions"),
        ("policies.businessHours.enabled=true", "timeZone"),
        ("policies.tiers.reviewers.Gold=6", "Gold"),
        ("prometheus.auth.token=geheim", "token"),
        ("prometheus.headers.X-Scope-OrgID=1", "X-Scope-OrgID"),
        ("prometheus.tenantLabel=a-b", "tenantLabel"),
        ("prometheus.tenantLabel=__name__", "tenantLabel"),
        ("prometheus.auth.username=reader", "username and passwordSecret together"),
        ("prometheus.tls.caSecret.name=ca", "write https://, or leave tls empty"),
        (
            "prometheus.auth.username=a,prometheus.auth.passwordSecret.name=b,prometheus.auth.bearerTokenSecret.name=c",
            "both bearerTokenSecret and passwordSecret",
        ),
        ("prometheus.headers.X-Team=a,prometheus.headersSecret.name=b", "both headers and headersSecret"),
    ],
)
def test_a_value_that_means_nothing_is_refused_by_name(own_cluster: Cluster, setting: str, named: str) -> None:
    with pytest.raises(CommandFailedError, match=named):
        own_cluster.helm("template", "autonomic", CHART, "--set", setting)


def test_prometheus_is_reached_by_files_out_of_secrets_and_no_secret_is_rendered(own_cluster: Cluster) -> None:
    prometheus = {
        "url": "https://thanos.monitoring.svc:9090",
        "auth": {"username": "reader", "passwordSecret": {"name": "login", "key": "word"}},
        "tls": {"caSecret": {"name": "authority"}, "certificateSecret": {"name": "ours"}},
        "headersSecret": {"name": "tenant"},
        "parameters": {"dedup": "true", "partial_response": "false"},
    }
    operator, volumes = _operator(own_cluster, f"prometheus={json.dumps(prometheus)}")
    env = {one["name"].removeprefix("AUTONOMIC_PROMETHEUS_"): one for one in operator["env"]}
    (folder,) = [one["mountPath"] for one in operator["volumeMounts"] if one["name"] == "prometheus"]
    (sources,) = [one["projected"]["sources"] for one in volumes if one["name"] == "prometheus"]
    mounted = {
        f"{folder}/{item['path']}": (source["secret"]["name"], item["key"])
        for source in sources
        for item in source["secret"]["items"]
    }
    named = {name: mounted[env[name]["value"]] for name in ("PASSWORD_FILE", "CA_FILE", "CERTIFICATE_FILE", "KEY_FILE")}
    assert named == {
        "PASSWORD_FILE": ("login", "word"),
        "CA_FILE": ("authority", "ca.crt"),
        "CERTIFICATE_FILE": ("ours", "tls.crt"),
        "KEY_FILE": ("ours", "tls.key"),
    }
    assert env["USERNAME"]["value"] == "reader"
    assert env["HEADERS"]["valueFrom"] == {"secretKeyRef": {"name": "tenant", "key": "headers"}}
    assert json.loads(env["PARAMETERS"]["value"]) == {"dedup": "true", "partial_response": "false"}
    assert env.keys().isdisjoint({"BEARER_TOKEN_FILE"})


def test_the_label_of_tenants_is_told_to_the_operator_where_one_is_given(own_cluster: Cluster) -> None:
    for setting, wanted in (('prometheus.tenantLabel="namespace"', "namespace"), ('prometheus.tenantLabel=""', None)):
        operator, _ = _operator(own_cluster, setting)
        env = {one["name"]: one.get("value") for one in operator["env"]}
        assert env.get("AUTONOMIC_TENANT_LABEL") == wanted


def test_without_secrets_no_volume_of_them_is_rendered(own_cluster: Cluster) -> None:
    operator, volumes = _operator(own_cluster, 'prometheus.headers={"X-Scope-OrgID":"shop"}')
    assert "prometheus" not in {one["name"] for one in volumes}
    env = {one["name"]: one.get("value") for one in operator["env"]}
    assert json.loads(env["AUTONOMIC_PROMETHEUS_HEADERS"]) == {"X-Scope-OrgID": "shop"}


def _operator(cluster: Cluster, setting: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The operator's container and the pod's volumes, as they are rendered with that setting in JSON."""
    shown = ("--show-only", "templates/deployment.yaml")
    pod = yaml.safe_load(cluster.helm("template", "autonomic", CHART, *shown, "--set-json", setting))
    spec = pod["spec"]["template"]["spec"]
    return spec["containers"][0], spec["volumes"]


LIBRARY = (*HERE, "--show-only", "templates/playbooks.yaml", "--set", "playbooks.enabled={out-of-memory,failed-job}")


def test_playbooks_of_the_library_are_rendered_as_they_are_with_what_is_overridden(own_cluster: Cluster) -> None:
    settings = ("--set", "playbooks.namespaces={shop,bank}", "--set", "playbooks.overrides.failed-job.cooldown=7m")
    made = list(
        yaml.safe_load_all(own_cluster.helm("template", "autonomic", CHART, "--is-upgrade", *LIBRARY, *settings))
    )
    seen = {(each["metadata"]["namespace"], each["metadata"]["name"]): each["spec"] for each in made}
    assert sorted(seen) == [(ns, name) for ns in ("bank", "shop") for name in ("failed-job", "out-of-memory")]
    shipped = yaml.safe_load((CHART / "playbooks" / "failed-job.yaml").read_text())["spec"]
    assert seen["shop", "failed-job"] == {**shipped, "mode": "Observe", "cooldown": "7m"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (("--set", "playbooks.namespaces={shop}"), "install first, then switch playbooks on"),
        (("--is-upgrade",), "playbooks.namespaces is empty"),
        (("--is-upgrade", "--set", "playbooks.enabled={oom}"), "oom"),
    ],
    ids=["at the first install", "nowhere", "unknown"],
)
def test_playbooks_that_would_not_come_to_be_are_refused_by_the_chart(
    own_cluster: Cluster, settings: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CommandFailedError, match=said):
        own_cluster.helm("template", "autonomic", CHART, *LIBRARY, *settings)


def test_a_package_holds_the_kinds_and_the_policies_without_their_tests(own_cluster: Cluster, tmp_path: Path) -> None:
    own_cluster.helm("package", CHART, "--destination", tmp_path)
    (package,) = tmp_path.glob("autonomic-*.tgz")
    assert own_cluster.helm("show", "crds", package).count("kind: CustomResourceDefinition") == len(OURS)
    rendered = own_cluster.helm("template", "autonomic", package, "--show-only", "templates/opa-policies.yaml")
    assert "package autonomic" in rendered
    assert "_test.rego" not in rendered


def test_what_is_rendered_is_accepted_by_the_api_server(released: Installation, tmp_path: Path) -> None:
    everything = "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"
    text = released.cluster.helm("template", "autonomic", CHART, *HERE, "--api-versions", everything)
    assert "kind: MutatingAdmissionPolicy\n" in text
    said = released.cluster.kubectl(
        "apply", *HERE, "--dry-run=server", "--server-side", "--force-conflicts", "-f", "-", input=text
    )
    assert "server dry run" in said


def test_what_only_people_set_is_never_rendered(own_cluster: Cluster) -> None:
    documents = list(yaml.safe_load_all(own_cluster.helm("template", "autonomic", CHART)))
    specs = [one["spec"] for one in documents if one and one["kind"] in ("RedLine", "ControlLoop")]
    assert len(specs) == 5
    assert not any(spec.keys() & {"killSwitch", "suspend"} for spec in specs)


def test_no_policy_is_suspect_to_the_type_checker(released: Installation) -> None:
    path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"

    def checked() -> list[dict[str, Any]] | None:
        ours = [
            one
            for one in released.cluster.api(ROOT).get(path)["items"]
            if one["metadata"]["name"].startswith("autonomic-")
        ]
        seen = [one["status"] for one in ours if one.get("status", {}).get("observedGeneration")]
        return seen if ours and len(seen) == len(ours) else None

    for status in until(checked, 60, "the policies to be type-checked"):
        assert not status.get("typeChecking", {}).get("expressionWarnings")


def test_a_new_installation_observes_and_holds_the_default_redline(released: Installation) -> None:
    api = released.cluster.api(ADMIN)
    loops = {one["metadata"]["name"]: one["spec"] for one in api.get(f"{CUSTOM}/controlloops")["items"]}
    kinds = {"reliability": "Reliability", "healing": "Healing", "cost": "Cost", "rightsizing": "Rightsizing"}
    assert {name: spec["mode"] for name, spec in loops.items()} == dict.fromkeys(kinds, "Observe")
    assert {name: spec["type"] for name, spec in loops.items()} == kinds
    line = api.get(f"{CUSTOM}/redlines/default")["spec"]
    assert line["forbid"] == ["DisableSecurityScanners", "DeleteProductionData", "GrantAdminAccess"]
    assert line["limits"] == {"minReplicas": 1, "maxReplicas": 50, "maxStep": "0.75"}
    assert line["killSwitch"] is False


def test_the_pods_pass_the_restricted_pod_security_standard(released: Installation) -> None:
    enforced = "pod-security.kubernetes.io/enforce=restricted"
    released.cluster.kubectl("label", "namespace", NAMESPACE, enforced, as_=ROOT)
    upgrade(released.cluster, "--set", "replicaCount=2")
    released.cluster.kubectl("rollout", "status", "deployment/autonomic", *HERE, "--timeout=60s")


def test_what_people_set_survives_upgrades(released: Installation) -> None:
    def patch(kind: str, name: str, spec: dict[str, Any]) -> None:
        body = json.dumps({"spec": spec})
        released.cluster.kubectl("patch", kind, name, "--type=merge", "-p", body)

    patch("redline", "default", {"killSwitch": True, "limits": {"maxReplicas": 80}})
    patch("controlloop", "reliability", {"suspend": True, "mode": "Enforce"})
    for step in ("0.6", "0.5"):
        upgrade(
            released.cluster, f"--set-string=redLine.limits.maxStep={step}", "--set=controlLoops.healing.mode=Propose"
        )
    api = released.cluster.api(ADMIN)
    line = api.get(f"{CUSTOM}/redlines/default")["spec"]
    assert line["killSwitch"] is True
    assert line["limits"] == {"minReplicas": 1, "maxReplicas": 80, "maxStep": "0.5"}
    reliability = api.get(f"{CUSTOM}/controlloops/reliability")["spec"]
    assert (reliability["suspend"], reliability["mode"], reliability["interval"]) == (True, "Enforce", "30s")
    assert api.get(f"{CUSTOM}/controlloops/healing")["spec"]["mode"] == "Propose"


def test_the_documented_command_upgrades_the_kinds(released: Installation) -> None:
    command = "helm show crds charts/autonomic | kubectl apply --server-side --force-conflicts -f -"
    assert command in (CHART / "README.md").read_text()
    kinds = released.cluster.helm("show", "crds", CHART)
    said = released.cluster.kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", input=kinds)
    assert said.count("serverside-applied") == len(OURS)


def test_uninstalling_keeps_the_kinds_and_leaves_nothing_stuck(released: Installation) -> None:
    cluster = released.cluster
    shop = f"test-{secrets.token_hex(4)}"
    cluster.create_namespace(shop)
    released.operator.post(plans_path(shop), plan_document())
    cluster.helm("uninstall", "autonomic", *HERE, "--wait", "--timeout", "60s")
    assert cluster.kubectl("get", CLUSTER_WIDE, "-l", "app.kubernetes.io/name=autonomic", "-o", "name", as_=ROOT) == ""
    kinds = cluster.kubectl("get", "crd", "-o", "name", as_=ROOT)
    assert all(f"{kind}.{GROUP}" in kinds for kind in OURS)
    assert len(cluster.api(ROOT).get(plans_path(shop))["items"]) == 1
    _end(cluster, shop)
    _end(cluster, NAMESPACE)


def test_the_kinds_can_be_deleted_after_the_chart_and_come_back_with_it(released: Installation) -> None:
    released.cluster.helm("uninstall", "autonomic", *HERE, "--wait", "--timeout", "60s")
    kinds = released.cluster.helm("show", "crds", CHART)

    def delete() -> bool:
        released.cluster.kubectl("delete", "-f", "-", "--timeout=60s", "--ignore-not-found", input=kinds)
        return True

    # The guard goes with the chart, but the server needs a moment to know.
    until(delete, END_SECONDS, "the kinds to be deleted", ignoring=(CommandFailedError,))
    install(released.cluster)
    assert released.cluster.api(ADMIN).get(f"{CUSTOM}/redlines/default")
