"""What the world says while an incident goes on, and once it is healed: pushed signals, and Kubernetes Events."""

import itertools
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Self

import requests

from testbed.waiting import until
from testbed.world import Manifest
from tests.playbooks.incident import Happened, Said
from tests.playbooks.ward import Ward

PAUSE = 0.5
TAKEN_SECONDS = 60.0
_NUMBERS = itertools.count()
_NAMESPACES = 16
"""So many may be spoken of in one request."""


class Trouble:
    """A context manager: everything is said again and again, from `begin` on as bad and from `end` on as well."""

    def __init__(self, ward: Ward, namespace: str, said: tuple[Said | Happened, ...]) -> None:
        self._ward = ward
        self._namespace = namespace
        self._said = said
        self._bad = threading.Event()
        self._over = threading.Event()
        self.problem: Exception | None = None
        """What went wrong while speaking."""
        self._thread = threading.Thread(target=self._speak, name=f"trouble-{namespace}", daemon=True)

    def __enter__(self) -> Self:
        self._bad.set()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(10)

    def end(self) -> None:
        """What was wrong is well."""
        self._bad.clear()

    def _speak(self) -> None:
        try:
            while not self._over.wait(PAUSE):
                for said in self._said:
                    if isinstance(said, Said):
                        push(self._ward, self._namespace, said, bad=self._bad.is_set())
                for each in self._said:
                    if isinstance(each, Happened) and self._bad.is_set():
                        self._happen(each)
        except Exception as problem:  # noqa: BLE001 - told by who waits for what it should bring about
            self.problem = problem

    def _happen(self, happened: Happened) -> None:
        about = self._about(happened)
        event = {
            "metadata": {"name": f"{about['name']}.{next(_NUMBERS):x}", "namespace": self._namespace},
            "involvedObject": about,
            "reason": happened.reason,
            "message": happened.message,
            "type": "Warning",
            "count": 1,
            "firstTimestamp": _now(),
            "lastTimestamp": _now(),
            "source": {"component": "kubelet"},
        }
        self._ward.cluster.api().post(f"/api/v1/namespaces/{self._namespace}/events", event)

    def _about(self, happened: Happened) -> Manifest:
        """The object; of a Deployment one of its pods, as a kubelet speaks of pods."""
        about = {"apiVersion": happened.api_version, "kind": happened.kind, "name": happened.name}
        if happened.kind == "Deployment":
            pods = self._ward.cluster.api().get(
                f"/api/v1/namespaces/{self._namespace}/pods", labelSelector=f"app={happened.name}"
            )
            pod = max(pods["items"], key=lambda each: str(each["metadata"]["creationTimestamp"]))
            if happened.last:
                self._ended(pod, happened.last)
            about = {"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
        return {**about, "namespace": self._namespace}

    def _ended(self, pod: Manifest, reason: str) -> None:
        """As a kubelet writes how a container last ended."""
        end = {"reason": reason, "exitCode": 137, "startedAt": _now(), "finishedAt": _now()}
        status = {"containerStatuses": [{"name": "worker", "lastState": {"terminated": end}}]}
        path = f"/api/v1/namespaces/{self._namespace}/pods/{pod['metadata']['name']}/status"
        self._ward.cluster.api().patch(path, {"status": status}, kind="strategic-merge-patch")


def push(ward: Ward, namespace: str, said: Said, *, bad: bool = True) -> None:
    """Tells the operator. What is not taken yet is sent again."""
    value = said.bad if bad else said.well
    if value is not None:
        _send(ward, [_event(namespace, said, value)])


def push_all(ward: Ward, said: Iterable[tuple[str, Said]]) -> None:
    """Tells the operator of trouble in several namespaces at once; each twice, as a sender does that had no answer."""
    events = sorted((_event(namespace, each, each.bad) for namespace, each in said), key=_namespace)
    for _, some in groupby(enumerate(dict.fromkeys(map(_namespace, events))), lambda each: each[0] // _NAMESPACES):
        names = {name for _, name in some}
        told = [each for each in events if _namespace(each) in names]
        _send(ward, told + told)


def _namespace(event: Manifest) -> str:
    return str(event["namespace"])


def _event(namespace: str, said: Said, value: float) -> Manifest:
    return {
        "specversion": "1.0",
        "type": f"dev.maestro.signal.{said.type}.v1",
        "source": "incidents",
        "id": str(next(_NUMBERS)),
        "namespace": namespace,
        "time": _now(),
        "data": {"value": value, "labels": dict(said.labels)},
    }


def _send(ward: Ward, events: list[Manifest]) -> None:
    until(lambda: _taken(ward, events), TAKEN_SECONDS, "signals to be taken", ignoring=(requests.RequestException,))


def _taken(ward: Ward, events: list[Manifest]) -> bool:
    """False where the operator asks to be asked again."""
    answer = requests.post(
        f"{ward.operator.http_url}/autonomic/signals",
        json=events,
        headers={
            "Content-Type": "application/cloudevents-batch+json",
            "Authorization": f"Bearer {ward.cluster.api().token}",
        },
        timeout=10,
    )
    if answer.status_code in (requests.codes.too_many_requests, requests.codes.service_unavailable):
        return False
    assert answer.status_code == requests.codes.accepted, answer.text
    assert not answer.json().get("refused"), answer.text
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
