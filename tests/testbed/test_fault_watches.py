"""Watches through the fault proxy: what the watcher sees of what happens, and what it does not."""

import json
import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from testbed.cluster import Cluster
from testbed.faults.fault import Dropped, Duplicated, Fault, Gone, OfWatch, Stalled, Where
from testbed.faults.proxy import FaultProxy, before_apiserver
from testbed.people import ROOT

SECONDS = 10
ENDED = {"type": "ENDED"}


class Watcher:
    """A watch of ConfigMaps of one namespace: its events one by one, and how it ended. It ends with the proxy.

    The server ends it after `life` seconds.
    """

    def __init__(self, cluster: Cluster, proxy: FaultProxy, namespace: str, life: int = 60) -> None:
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._answer = requests.get(
            f"{proxy.url}/api/v1/namespaces/{namespace}/configmaps?watch=true&timeoutSeconds={life}",
            headers={"Authorization": f"Bearer {cluster.tokens[ROOT]}"},
            verify=str(cluster.ca_file),
            stream=True,
            timeout=(SECONDS, 60),
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def next(self, seconds: float = SECONDS) -> dict[str, Any]:
        """The next event. Raises `queue.Empty`."""
        return self._events.get(timeout=seconds)

    def names(self, count: int) -> list[str]:
        """The names of the next events' objects, but for the namespace's own."""
        found: list[str] = []
        while len(found) < count:
            name = self.next()["object"]["metadata"]["name"]
            found += [name] if name != "kube-root-ca.crt" else []
        return found

    def _read(self) -> None:
        try:
            for line in self._answer.iter_lines(chunk_size=None):
                self._events.put(json.loads(line))
        except (requests.RequestException, AttributeError, ValueError):
            pass
        self._events.put(ENDED)


@pytest.fixture
def proxy(cluster: Cluster) -> Iterator[FaultProxy]:
    if cluster.control_plane is None:
        pytest.skip("only a local cluster has the key of its API server at hand")
    with before_apiserver(cluster) as proxy:
        yield proxy


@pytest.fixture
def watcher(cluster: Cluster, proxy: FaultProxy, namespace: str) -> Watcher:
    watcher = Watcher(cluster, proxy, namespace)
    create(cluster, namespace, "first")
    assert watcher.names(1) == ["first"]
    return watcher


def create(cluster: Cluster, namespace: str, name: str) -> None:
    cluster.api().post(f"/api/v1/namespaces/{namespace}/configmaps", {"metadata": {"name": name}})


def on_watches(namespace: str, what: OfWatch, **more: Any) -> Fault:
    return Fault(Where(resources=("configmaps",), namespace=namespace, watches=True, **more), what)


def test_events_pass_as_they_happen(cluster: Cluster, watcher: Watcher, namespace: str) -> None:
    for name in ("a", "b"):
        create(cluster, namespace, name)
        assert watcher.names(1) == [name]


def test_a_dropped_watch_ends_and_another_can_be_opened(
    cluster: Cluster, proxy: FaultProxy, watcher: Watcher, namespace: str
) -> None:
    fault = on_watches(namespace, Dropped())
    proxy.add(fault)
    assert watcher.next() == ENDED
    assert proxy.record.struck(fault, SECONDS).asked.watches
    again = Watcher(cluster, proxy, namespace)
    assert again.names(1) == ["first"]


def test_a_watch_that_is_gone_says_so_and_ends(proxy: FaultProxy, watcher: Watcher, namespace: str) -> None:
    proxy.add(on_watches(namespace, Gone()))
    told = watcher.next()
    assert (told["type"], told["object"]["code"], told["object"]["reason"]) == ("ERROR", 410, "Expired")
    assert watcher.next() == ENDED


def test_a_stalled_watch_is_open_and_says_nothing(
    cluster: Cluster, proxy: FaultProxy, watcher: Watcher, namespace: str
) -> None:
    proxy.add(on_watches(namespace, Stalled()))
    create(cluster, namespace, "unseen")
    with pytest.raises(queue.Empty):
        watcher.next(1)


def test_a_stalled_watch_does_not_hear_that_the_server_ended_it(
    cluster: Cluster, proxy: FaultProxy, namespace: str
) -> None:
    proxy.add(on_watches(namespace, Stalled()))
    short = Watcher(cluster, proxy, namespace, life=1)
    with pytest.raises(queue.Empty):
        short.next(3)


def test_duplicated_events_come_twice_and_the_one_before_once_more(
    cluster: Cluster, proxy: FaultProxy, watcher: Watcher, namespace: str
) -> None:
    proxy.add(on_watches(namespace, Duplicated()))
    create(cluster, namespace, "second")
    assert watcher.names(3) == ["second", "second", "first"]


def test_a_fault_of_a_watch_waits_for_the_next_one_when_none_is_open(
    cluster: Cluster, proxy: FaultProxy, namespace: str
) -> None:
    proxy.add(on_watches(namespace, Gone()))
    late = Watcher(cluster, proxy, namespace)
    seen = [late.next()]
    while seen[-1] != ENDED:
        seen.append(late.next())
    assert seen[-2]["type"] == "ERROR"


def test_a_partition_silences_an_open_watch_and_loses_nothing(
    cluster: Cluster, proxy: FaultProxy, watcher: Watcher, namespace: str
) -> None:
    proxy.part()
    create(cluster, namespace, "meanwhile")
    with pytest.raises(queue.Empty):
        watcher.next(0.5)
    proxy.join()
    assert watcher.names(1) == ["meanwhile"]
