"""`python -m tests.playbooks.replay [INCIDENTS] [PER_SECOND]`: an hour of incidents, one after the other, on a real cluster.

Of ten incidents eight end with the first cure, one with the second, and one never: then its playbook stops and waits for
people. Each signal is sent twice, as senders do that had no answer. The last line is
`{"incidents", "as_told", "healed_twice", "left_changed", "seconds"}`.
"""

import contextlib
import itertools
import json
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from testbed.api import ApiError
from testbed.people import ALICE
from testbed.world import FINAL, Manifest, phase
from tests.faults.witness import PLANS, Witness
from tests.playbooks.incident import Said
from tests.playbooks.places import GROUP
from tests.playbooks.trouble import push_all
from tests.playbooks.ward import Ward, ward

INCIDENTS, PER_SECOND, NAMESPACES = 1000, 3.0, 20
PAUSE = 1.0
GIVES_UP = 120.0
API = "/apis/autonomic.maestro.dev/v1alpha1"
PLAYBOOK = f"""
apiVersion: {GROUP}/v1alpha1
kind: SelfHealingPlaybook
metadata: {{name: failing}}
spec:
  scope: Task
  triggers:
  - {{name: fails, type: Signal, signal: {{type: TaskFailureCount}}, count: 2, within: 1m}}
  target: {{fromSignal: {{label: settings, kind: ConfigMap, apiVersion: v1}}}}
  actions: [{{type: DegradedMode, degradedMode: {{key: degraded}}}}]
  escalation: [{{after: 1, actions: [{{type: SwitchModel, switchModel: {{key: model, model: fallback}}}}]}}]
  attempts: {{limit: 2}}
  cooldown: 1s
  limit: {{count: 10, per: 1h}}
  mode: Enforce
  verification: {{settle: 1s, within: 8s}}
"""
ENDS = {
    "first": (["Succeeded"], {"degraded": "true", "model": "large"}),
    "second": (["RolledBack", "Succeeded"], {"degraded": "false", "model": "fallback"}),
    "never": (["RolledBack", "RolledBack"], {"degraded": "false", "model": "large"}),
}
"""How each kind of incident ends: the phases of its plans, and what its settings are."""
CURES = {"first": ("degraded", "true"), "second": ("model", "fallback"), "never": ("model", "none")}


@dataclass(frozen=True)
class Case:
    """One incident: its settings, how it will end, and the how-manieth it is."""

    namespace: str
    name: str
    kind: str
    at: int

    def said(self) -> Said:
        """What is said of it."""
        return Said("TaskFailureCount", {"settings": self.name})


class Replay:
    """All incidents, of which each has a moment at which it begins."""

    def __init__(self, ward: Ward, number: int, per_second: float) -> None:
        self._ward = ward
        self._per_second = per_second
        kinds = itertools.cycle(["first"] * 8 + ["second", "never"])
        self.cases = [
            Case(f"replay-{at % NAMESPACES}", f"task-{at}", kind, at)
            for at, kind in zip(range(number), kinds, strict=False)
        ]
        self._make()
        self._witness = Witness(ward.cluster.api(), {PLANS, "api/v1 configmaps"})
        self._approved: set[str] = set()
        self._known: defaultdict[tuple[str, str], list[Manifest]] = defaultdict(list)

    def run(self) -> None:
        """Until all have ended, or nothing has for long."""
        began, stop, left = time.monotonic(), threading.Event(), list(self.cases)
        longest = len(self.cases) / self._per_second + GIVES_UP
        while left and time.monotonic() - began < longest and not stop.wait(PAUSE):
            self._look()
            self._approve()
            begun = [case for case in left if case.at <= (time.monotonic() - began) * self._per_second]
            push_all(self._ward, [(case.namespace, case.said()) for case in begun if self._goes_on(case)])
            over = {case.at for case in begun if self._over(case)}
            left = [case for case in left if case.at not in over]
        self._look()
        self._witness.close()

    def _look(self) -> None:
        """All plans as they are, by the target that they are for."""
        self._known = defaultdict(list)
        for namespace in {case.namespace for case in self.cases}:
            for plan in self._witness.plans(namespace):
                self._known[namespace, plan["spec"]["trigger"]["signal"]["target"]].append(plan)

    def rows(self) -> Iterator[dict[str, object]]:
        """How each ended."""
        for case in self.cases:
            ends, data = ENDS[case.kind]
            states = self._states(case)
            phases = [phase(each) for each in self._plans(case)]
            yield {
                "incident": f"{case.namespace}/{case.name}",
                "kind": case.kind,
                "as_told": phases == ends and states[-1:] == [data],
                "healed_twice": phases.count("Succeeded") > 1 or len(states) > 1 + 2 * len(ends),
                "left_changed": states[-1:] != [data],
                "plans": phases,
            }

    def _make(self) -> None:
        for namespace in sorted({case.namespace for case in self.cases}):
            self._ward.cluster.create_namespace(namespace)
            settings = [
                {
                    "apiVersion": "v1",
                    "kind": "ConfigMap",
                    "metadata": {"name": case.name, "annotations": {f"{GROUP}/writable-keys": "degraded,model"}},
                    "data": {"degraded": "false", "model": "large"},
                }
                for case in self.cases
                if case.namespace == namespace
            ]
            made = yaml.safe_dump_all([*settings, yaml.safe_load(PLAYBOOK)])
            self._ward.cluster.kubectl("apply", "-n", namespace, "-f", "-", input=made)

    def _states(self, case: Case) -> list[dict[str, str]]:
        """The different states that its settings were in, oldest first."""
        found = [each["data"] for each in self._witness.revisions("configmaps", case.namespace, case.name)]
        return [state for at, state in enumerate(found) if at == 0 or found[at - 1] != state]

    def _plans(self, case: Case) -> list[Manifest]:
        return sorted(
            self._known[case.namespace, case.name], key=lambda each: str(each["metadata"]["creationTimestamp"])
        )

    def _goes_on(self, case: Case) -> bool:
        """Until what cures it is done; what never ends goes on until the playbook has given up, and a while longer."""
        key, cure = CURES[case.kind]
        states = self._states(case)
        return not (states and states[-1][key] == cure) and not self._over(case)

    def _over(self, case: Case) -> bool:
        phases = [phase(each) for each in self._plans(case)]
        return len(phases) >= len(ENDS[case.kind][0]) and all(each in FINAL for each in phases)

    def _approve(self) -> None:
        for plan in [each for plans in self._known.values() for each in plans]:
            meta = plan["metadata"]
            if phase(plan) == "AwaitingApproval" and meta["name"] not in self._approved:
                entry = {"decision": "Approved", "digest": plan["spec"]["digest"], "message": "go on"}
                path = f"{API}/namespaces/{meta['namespace']}/adaptationplans/{meta['name']}"
                with contextlib.suppress(ApiError):  # it may have ended meanwhile; else it is asked again
                    self._ward.cluster.api(ALICE).patch(path, {"spec": {"reviews": [entry]}})
                    self._approved.add(meta["name"])


def main(number: int = INCIDENTS, per_second: float = PER_SECOND) -> int:
    """Prints what did not end as told, and the sums; the exit code."""
    started = time.monotonic()
    with ward() as made:
        replay = Replay(made, number, per_second)
        replay.run()
        rows = list(replay.rows())
    sums = Counter({word: sum(bool(row[word]) for row in rows) for word in ("as_told", "healed_twice", "left_changed")})
    for row in rows:
        if not row["as_told"] or row["healed_twice"]:
            sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.write(
        json.dumps({"incidents": len(rows), **sums, "seconds": round(time.monotonic() - started, 1)}) + "\n"
    )
    return 0 if sums["as_told"] == len(rows) and not sums["healed_twice"] else 1


if __name__ == "__main__":
    sys.exit(main(*(kind(each) for kind, each in zip((int, float), sys.argv[1:], strict=False))))
