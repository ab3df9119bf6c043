"""The kill switch: from the answer to the patch that sets it, to the last write that was still accepted."""

import json
import math
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from benchmarks.redlines.field import GROUP, REDLINES, Target
from testbed.api import Api
from testbed.installation import Installation
from testbed.people import ADMIN
from testbed.waiting import until

WRITERS = 2
QUIET_SECONDS = 0.3
SECONDS = 15.0


@dataclass
class Writer:
    """Writes as fast as it can, on one connection. Times are of the monotonic clock."""

    api: Api
    path: str
    epoch: int
    accepted: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        """Until told to stop."""
        headers = {"Authorization": f"Bearer {self.api.token}", "Content-Type": "application/merge-patch+json"}
        with requests.Session() as session:
            session.headers.update(headers)
            session.verify = str(self.api.ca_file)
            # Or the machine's own certificates would win.
            session.trust_env = False
            number = 0
            while not stop.is_set():
                number += 1
                self._write(session, number)

    def _write(self, session: requests.Session, number: int) -> None:
        stamps = {f"{GROUP}/epoch": str(self.epoch), f"{GROUP}/op-id": f"plan-{number}/0"}
        body = json.dumps({"metadata": {"annotations": stamps}, "spec": {"replicas": 4 + number % 2}})
        answer = session.patch(self.api.url + self.path, data=body, params={"fieldManager": "autonomic"}, timeout=30)
        now = time.monotonic()
        if answer.ok:
            self.accepted.append(now)
        elif answer.status_code == requests.codes.forbidden and "the kill switch is on" in answer.text:
            self.refused.append(now)
        elif answer.status_code != requests.codes.conflict:
            self.other.append(answer.text)


def latencies(installed: Installation, target: Target, switches: int) -> list[float]:
    """Milliseconds for each switch, 0 where nothing was accepted after the answer."""
    admin, name = installed.cluster.api(ADMIN), "switched"
    scope = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": target.namespace}}}
    kind = {"apiVersion": f"{GROUP}/v1alpha1", "kind": "RedLine", "metadata": {"name": name}}
    admin.post(REDLINES, {**kind, "spec": {"appliesTo": scope}})
    with _writing(installed, target.path) as writers:
        found = [_switch(admin, f"{REDLINES}/{name}", writers) for _ in range(switches)]
    strange = [text for writer in writers for text in writer.other]
    assert not strange, strange[:3]
    return found


@contextmanager
def _writing(installed: Installation, path: str) -> Iterator[Sequence[Writer]]:
    stop, epoch = threading.Event(), installed.lead()
    writers = [Writer(installed.operator, path, epoch) for _ in range(WRITERS)]
    threads = [threading.Thread(target=writer.run, args=(stop,)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _switch(admin: Api, path: str, writers: Sequence[Writer]) -> float:
    begun = time.monotonic()
    until(lambda: all(_since(writer.accepted, begun) for writer in writers), SECONDS, "all to write")
    admin.patch(path, {"spec": {"killSwitch": True}})
    answered = time.monotonic()
    until(lambda: all(_is_stopped(writer, answered) for writer in writers), SECONDS, "all to be stopped")
    last = max(moment for writer in writers for moment in writer.accepted)
    admin.patch(path, {"spec": {"killSwitch": False}})
    return max(0.0, last - answered) * 1000


def _is_stopped(writer: Writer, since: float) -> bool:
    """Refused, and for a while nothing else."""
    refused = _since(writer.refused, since)
    return bool(refused) and time.monotonic() - max([*writer.accepted, since]) > QUIET_SECONDS


def _since(moments: list[float], begun: float) -> list[float]:
    return [moment for moment in moments[-2000:] if moment > begun]


def p99(values: Sequence[float]) -> float:
    """The 99th percentile, by nearest rank: of fewer than a hundred values, the largest."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]
