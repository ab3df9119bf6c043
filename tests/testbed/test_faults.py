"""The fault proxy before a real API server: what passes, what is struck, and what the caller and the server know of it."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from testbed.api import Api, ApiError
from testbed.cluster import Cluster
from testbed.faults.fault import Answer, CutJson, Fault, Hang, Hold, Kill, Moment, Reset, StaleList, Where
from testbed.faults.proxy import FaultProxy, before_apiserver, before_http
from testbed.opa import Opa
from testbed.people import ALICE, ROOT
from testbed.waiting import WaitedTooLongError, until

SECONDS = 10


@pytest.fixture
def proxy(cluster: Cluster) -> Iterator[FaultProxy]:
    if cluster.control_plane is None:
        pytest.skip("only a local cluster has the key of its API server at hand")
    with before_apiserver(cluster) as proxy:
        yield proxy


@pytest.fixture
def api(cluster: Cluster, proxy: FaultProxy) -> Api:
    """The API server through the proxy."""
    return Api(proxy.url, cluster.ca_file, cluster.tokens[ROOT])


@pytest.fixture
def maps(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps"


def config_map(name: str, **data: str) -> dict[str, Any]:
    return {"metadata": {"name": name}, "data": data}


def here(namespace: str, **more: Any) -> Where:
    return Where(resources=("configmaps",), namespace=namespace, **more)


def exists(cluster: Cluster, path: str) -> bool:
    with contextlib.suppress(ApiError):
        return bool(cluster.api().get(path))
    return False


def in_background(call: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """The call in a thread, and what became of it."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(call())
        except (requests.RequestException, ApiError) as problem:
            outcome.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def test_what_nothing_strikes_passes_in_the_callers_name(cluster: Cluster, proxy: FaultProxy, maps: str) -> None:
    Api(proxy.url, cluster.ca_file, cluster.tokens[ROOT]).post(maps, config_map("one", key="value"))
    alice = Api(proxy.url, cluster.ca_file, cluster.tokens[ALICE])
    assert alice.get(f"{maps}/one")["data"] == {"key": "value"}
    with pytest.raises(ApiError) as refused:
        alice.post(maps, config_map("two"))
    assert refused.value.status == 403
    assert "alice@example.com" in str(refused.value)
    assert [(each.asked.method, each.status) for each in proxy.record.entries()] == [
        ("POST", 201),
        ("GET", 200),
        ("POST", 403),
    ]


def test_a_long_object_passes_whole(api: Api, maps: str) -> None:
    text = "0123456789abcdef" * 50_000
    api.post(maps, config_map("long", text=text))
    assert api.get(f"{maps}/long")["data"]["text"] == text


def test_the_nth_match_is_struck_and_no_other(api: Api, proxy: FaultProxy, maps: str, namespace: str) -> None:
    api.post(maps, config_map("one", key="0"))
    fault = Fault(here(namespace, methods=("PATCH",), nth=2), Answer(409))
    proxy.add(fault)
    for value in "123":
        with contextlib.suppress(ApiError):
            api.patch(f"{maps}/one", {"data": {"key": value, f"was-{value}": ""}})
    assert set(api.get(f"{maps}/one")["data"]) == {"key", "was-1", "was-3"}
    assert [each.fault for each in proxy.record.entries(lambda each: each.asked.method == "PATCH")] == [
        None,
        fault,
        None,
    ]


@pytest.mark.parametrize("status", [409, 429, 500, 503])
def test_an_answer_in_the_servers_place_is_a_status_and_nothing_is_sent(
    api: Api, cluster: Cluster, proxy: FaultProxy, maps: str, namespace: str, status: int
) -> None:
    proxy.add(Fault(here(namespace), Answer(status, retry_after=3)))
    with pytest.raises(ApiError) as refused:
        api.post(maps, config_map("one"))
    assert refused.value.status == refused.value.body["code"] == status
    assert refused.value.body["details"]["retryAfterSeconds"] == 3
    assert not exists(cluster, f"{maps}/one")


def test_retry_after_is_in_the_header_too(cluster: Cluster, proxy: FaultProxy, maps: str, namespace: str) -> None:
    proxy.add(Fault(here(namespace), Answer(429, retry_after=7)))
    answer = requests.get(proxy.url + maps, verify=str(cluster.ca_file), timeout=SECONDS)
    assert answer.headers["Retry-After"] == "7"


def test_a_reset_before_the_send_commits_nothing(
    api: Api, cluster: Cluster, proxy: FaultProxy, maps: str, namespace: str
) -> None:
    proxy.add(Fault(here(namespace), Reset()))
    with pytest.raises(requests.ConnectionError):
        api.post(maps, config_map("one"))
    assert not exists(cluster, f"{maps}/one")


@pytest.mark.parametrize("what", [Reset(), CutJson(), Answer(500)], ids=["reset", "cut", "500"])
def test_a_fault_after_the_commit_leaves_the_write_done_and_the_caller_without_it(
    api: Api, cluster: Cluster, proxy: FaultProxy, maps: str, namespace: str, what: Reset | CutJson | Answer
) -> None:
    proxy.add(Fault(here(namespace, methods=("POST",)), what, Moment.AFTER_COMMIT))
    with pytest.raises((requests.RequestException, ApiError)):
        api.post(maps, config_map("one"))
    assert exists(cluster, f"{maps}/one")


def test_a_hang_is_open_and_silent_while_others_pass(
    api: Api, cluster: Cluster, proxy: FaultProxy, maps: str, namespace: str
) -> None:
    proxy.add(Fault(here(namespace, methods=("POST",)), Hang()))
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            proxy.url + maps,
            json=config_map("one"),
            headers={"Authorization": f"Bearer {cluster.tokens[ROOT]}"},
            verify=str(cluster.ca_file),
            timeout=0.5,
        )
    assert "items" in api.get(maps)


def test_a_held_request_arrives_when_it_is_released(
    api: Api, cluster: Cluster, proxy: FaultProxy, maps: str, namespace: str
) -> None:
    fault = Fault(here(namespace, methods=("POST",)), Hold())
    proxy.add(fault)
    thread, outcome = in_background(lambda: api.post(maps, config_map("one"))["metadata"]["name"])
    proxy.record.struck(fault, SECONDS)
    assert not exists(cluster, f"{maps}/one")
    proxy.release(fault)
    thread.join(SECONDS)
    assert outcome == ["one"]


@pytest.mark.parametrize(
    ("moment", "committed", "answered"),
    [(Moment.BEFORE_SEND, False, False), (Moment.AFTER_COMMIT, True, False), (Moment.AFTER_ANSWER, True, True)],
)
def test_a_kill_strikes_at_its_moment_and_nothing_gets_through_after_it(
    api: Api,
    cluster: Cluster,
    proxy: FaultProxy,
    maps: str,
    namespace: str,
    moment: Moment,
    committed: bool,
    answered: bool,
) -> None:
    killed = threading.Event()
    proxy.add(Fault(here(namespace, methods=("POST",)), Kill(killed.set, Where(namespace=namespace)), moment))
    first, outcome = in_background(lambda: api.post(maps, config_map("one"))["metadata"]["name"])
    assert killed.wait(SECONDS)
    later, refused = in_background(lambda: api.patch(f"{maps}/one", {"data": {"late": "yes"}}))
    assert api.get("/version")["major"] == "1"
    until(lambda: proxy.stopped, SECONDS, "the later request to be stopped")
    if answered:
        first.join(SECONDS)
    assert (outcome == ["one"]) is answered
    proxy.thaw()
    first.join(SECONDS)
    later.join(SECONDS)
    assert isinstance(refused[0], requests.ConnectionError)
    assert exists(cluster, f"{maps}/one") is committed
    if committed:
        assert "data" not in cluster.api().get(f"{maps}/one")
    api.post(maps, config_map("two"))


def test_an_old_list_is_served_as_it_was(api: Api, proxy: FaultProxy, maps: str, namespace: str) -> None:
    old = api.get(maps)
    api.post(maps, config_map("new"))
    proxy.add(Fault(here(namespace, methods=("GET",)), StaleList(old)))
    assert api.get(maps) == old
    assert "new" in [each["metadata"]["name"] for each in api.get(maps)["items"]]


def test_in_a_partition_nothing_passes_until_it_is_over(
    api: Api, cluster: Cluster, proxy: FaultProxy, maps: str
) -> None:
    proxy.part()
    thread, outcome = in_background(lambda: api.post(maps, config_map("one"))["metadata"]["name"])
    thread.join(0.5)
    assert outcome == []
    assert not exists(cluster, f"{maps}/one")
    proxy.join()
    thread.join(SECONDS)
    assert outcome == ["one"]


def test_a_server_that_is_gone_is_a_reset_and_on_record(cluster: Cluster, namespace: str) -> None:
    with before_http("http://127.0.0.1:9") as proxy:
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{proxy.url}/anything", timeout=SECONDS)
        assert "went away" in proxy.record.entries()[0].note


def test_opa_can_be_behind_it_as_well(opa: Opa) -> None:
    with before_http(opa.url) as proxy:
        asked = requests.post(f"{proxy.url}/v1/data/autonomic/decision", json={"input": {}}, timeout=SECONDS)
        assert asked.json()["result"]["verdict"] == "Deny"
        proxy.add(Fault(Where(path="/v1/data/.*"), CutJson(), Moment.AFTER_COMMIT))
        with pytest.raises(requests.RequestException):
            requests.post(f"{proxy.url}/v1/data/autonomic/decision", json={"input": {}}, timeout=SECONDS).json()


def test_what_never_happens_is_waited_for_in_vain_and_named(proxy: FaultProxy, namespace: str) -> None:
    with pytest.raises(WaitedTooLongError, match="Hang before it is sent"):
        proxy.record.struck(Fault(here(namespace), Hang()), 0.1)


@pytest.mark.parametrize(
    ("what", "moment"), [(Reset(), Moment.AFTER_ANSWER), (CutJson(), Moment.BEFORE_SEND)], ids=["reset", "cut"]
)
def test_a_fault_at_a_moment_that_cannot_be_is_refused(what: Reset | CutJson, moment: Moment) -> None:
    with pytest.raises(ValueError, match="choose another moment"):
        Fault(Where(), what, moment)


def test_the_body_of_a_write_is_on_record_and_that_of_a_dry_run_is_not(api: Api, proxy: FaultProxy, maps: str) -> None:
    api.post(maps, config_map("one"), dryRun="All")
    api.post(maps, config_map("one"))
    assert [each.asked.writes for each in proxy.record.entries()] == [False, True]
    assert json.loads(proxy.record.entries()[1].asked.body)["metadata"]["name"] == "one"
