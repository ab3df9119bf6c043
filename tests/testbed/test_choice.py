"""Which cluster is used, and that nobody else's is touched without a yes."""

from pathlib import Path

import pytest

from testbed.choice import open_cluster
from testbed.cluster import Cluster, CommandFailedError, NotOnThisClusterError
from testbed.current import agree
from testbed.existing import ClusterUnusableError
from testbed.people import ALICE, BOB, DAVE, ROOT
from testbed.run import Run

CONTEXT = "testbed"
BINDINGS = ("get", "clusterrolebindings", "--output=name")


def never_asked(_question: str) -> str:
    raise AssertionError("nobody should have been asked")


def test_an_unknown_choice_is_refused_with_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER", "minikube")
    with Run() as run, pytest.raises(ClusterUnusableError, match="'minikube' is not known; choose one of: local, kind"):
        open_cluster(run)


def test_kind_without_a_container_engine_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER", "kind")
    monkeypatch.setenv("PATH", str(tmp_path))
    with Run() as run, pytest.raises(ClusterUnusableError, match=r"needs a container engine.*CLUSTER=local"):
        open_cluster(run)


def test_a_typed_yes_is_asked_for_by_the_name_of_the_context() -> None:
    asked: list[str] = []

    def yes(question: str) -> str:
        asked.append(question)
        return "yes"

    agree("production", "https://example.com", {}, yes)
    assert "'production' (https://example.com)" in asked[0]


@pytest.mark.parametrize("answer", ["", "y", "no", "YES "])
def test_anything_but_yes_is_a_no(answer: str) -> None:
    with pytest.raises(ClusterUnusableError, match="nobody said yes to the context 'production'"):
        agree("production", "https://example.com", {}, lambda _: answer)


def test_the_environment_agrees_to_one_context_only() -> None:
    agree("staging", "https://example.com", {"AUTONOMIC_TESTBED_CONFIRM": "staging"}, never_asked)
    with pytest.raises(ClusterUnusableError, match="is 'staging', but the current context is 'production'"):
        agree("production", "https://example.com", {"AUTONOMIC_TESTBED_CONFIRM": "staging"}, never_asked)


def test_a_current_context_that_nobody_agreed_to_is_not_touched(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cluster.kubectl(*BINDINGS)
    monkeypatch.setenv("CLUSTER", "current")
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfigs[ROOT]))
    with Run() as run, pytest.raises(ClusterUnusableError, match="nobody said yes to the context 'testbed'"):
        open_cluster(run)
    assert cluster.kubectl(*BINDINGS) == before


def test_no_current_context_is_an_error_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER", "current")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    with Run() as run, pytest.raises(ClusterUnusableError, match="there is no current kubeconfig context"):
        open_cluster(run)


def test_the_current_cluster_is_used_by_the_same_people_and_left_as_it_was(
    cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cluster.kubectl(*BINDINGS)
    monkeypatch.setenv("CLUSTER", "current")
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfigs[ROOT]))
    monkeypatch.setenv("AUTONOMIC_TESTBED_CONFIRM", CONTEXT)
    with Run() as run:
        current = open_cluster(run)
        assert (current.kind, current.url) == ("current", cluster.url)
        for person in (ALICE, BOB, DAVE):
            assert person.name in current.kubectl("auth", "whoami", as_=person)
        current.kubectl("create", "configmap", "daves", "--namespace", namespace, as_=DAVE)
        with pytest.raises(CommandFailedError, match="forbidden"):
            current.kubectl("delete", "configmap", "daves", "--namespace", namespace, as_=ALICE)
        config = current.kubeconfig_for(current.service_account_token(namespace, "default"))
        assert f"system:serviceaccount:{namespace}:default" in current.kubectl("--kubeconfig", config, "auth", "whoami")
        with pytest.raises(NotOnThisClusterError, match="a current cluster keeps its audit log"):
            current.writes()
        with pytest.raises(NotOnThisClusterError, match="has no token on a current cluster"):
            current.api(ALICE)
    assert cluster.kubectl(*BINDINGS) == before
