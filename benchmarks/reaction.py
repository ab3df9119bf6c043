"""How soon a pushed signal becomes a change: from the moment before it is sent to the change of the target, seen by a watch.

On the way it is authenticated, kept, matched, proposed as an AdaptationPlan, governed by RedLines and OPA, claimed and
patched: writes that etcd commits one after the other. Policy approves alone. The last line is
`{"reactions", "p50_ms", "p99_ms"}`.
"""

import contextlib
import json
import sys
import threading
import time
from typing import Any

import requests
import yaml

from testbed.waiting import until
from testbed.world import deployment
from tests.playbooks.incident import Said
from tests.playbooks.places import GROUP
from tests.playbooks.trouble import push
from tests.playbooks.ward import Ward, ward

REACTIONS = 100
PAUSE = 1.0
NAMESPACE = "bench-reaction"
GOAL_MS = 250
PLAYBOOK = f"""
apiVersion: {GROUP}/v1alpha1
kind: SelfHealingPlaybook
metadata: {{name: fast}}
spec:
  scope: Task
  triggers: [{{name: fails, type: Signal, signal: {{type: TaskFailureCount}}, count: 1, within: 5s}}]
  target: {{fromSignal: {{label: deployment, kind: Deployment}}}}
  actions: [{{type: Restart, restart: {{}}}}]
  mode: Enforce
  verification: {{settle: 1s, within: 6s}}
"""


class Changes:
    """When each Deployment was first seen with the mark of a restart, by `time.perf_counter`; watched from the beginning on."""

    def __init__(self, ward: Ward) -> None:
        self.seen: dict[str, float] = {}
        self._api = ward.cluster.api()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        answer = requests.get(
            f"{self._api.url}/apis/apps/v1/namespaces/{NAMESPACE}/deployments",
            params={"watch": "true"},
            headers={"Authorization": f"Bearer {self._api.token}"},
            verify=str(self._api.ca_file),
            stream=True,
            timeout=(5, 3600),
        )
        # The API server ends first and breaks the stream off; had it done so before, a reaction would be missed, and told.
        with contextlib.suppress(requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError):
            for line in answer.iter_lines(chunk_size=None):
                changed: dict[str, Any] = json.loads(line)["object"]
                if changed["spec"]["template"]["metadata"].get("annotations"):
                    self.seen.setdefault(changed["metadata"]["name"], time.perf_counter())


def main() -> int:
    """Measures, prints, and fails when the goal is missed."""
    with ward() as made:
        made.cluster.create_namespace(NAMESPACE)
        names = [f"task-{at}" for at in range(REACTIONS)]
        objects = [*(deployment(NAMESPACE, name, 1, {}) for name in names), yaml.safe_load(PLAYBOOK)]
        made.cluster.kubectl("apply", "-n", NAMESPACE, "-f", "-", input=yaml.safe_dump_all(objects))
        made.cluster.kubectl("rollout", "status", f"deployment/{names[-1]}", "-n", NAMESPACE, "--timeout=120s")
        changes = Changes(made)
        took = sorted(_reaction(made, changes, name) for name in names)
    summary = {
        "reactions": len(took),
        "p50_ms": round(1000 * took[len(took) // 2], 1),
        "p99_ms": round(1000 * took[int(len(took) * 0.99) - 1], 1),
    }
    print(json.dumps(summary))
    return 0 if summary["p99_ms"] <= GOAL_MS else 1


def _reaction(ward: Ward, changes: Changes, name: str) -> float:
    """Seconds from before the signal is sent until its target is changed."""
    time.sleep(PAUSE)
    began = time.perf_counter()
    push(ward, NAMESPACE, Said("TaskFailureCount", {"deployment": name}))
    until(lambda: name in changes.seen, 30, f"{name} to be changed")
    return changes.seen[name] - began


if __name__ == "__main__":
    sys.exit(main())
