"""ConfigMaps with policies, in memory, before a real OPA; what owners write, and what they get wrong."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autonomic.adapters.opa import OpaPolicyEngine, OpaPolicyServer, OpaProgram
from autonomic.cycle.policies import OwnersPolicies, Peers
from autonomic.domain.decisions import PolicyAnswer
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef
from autonomic.governance.owners_syntax import allowed
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from testbed.cache import program_path
from testbed.programs.catalogue import OPA
from testbed.showcase import POLICIES
from tests.contract.test_policy_port import RESTART
from tests.unit.domain.specimens import NOW

TIMEOUT = 5.0
SHORT = 0.3
HOME = "autonomic-system"
SCHEMA = POLICIES / "schemas" / "input.json"

NO_FRIDAYS = """package autonomic.owners.fridays

denials contains {"rule": "no-restarts", "reason": "triage is not restarted"} if {
	some step in input.steps
	step.action == "Restart"
}
"""

CARE = """package autonomic.owners.care

concerns contains {"rule": "ask", "reason": "ask somebody", "reviewers": 3} if input.mode == "Enforce"
"""

LOOSE = """package autonomic.owners.loose

import rego.v1

permits contains {"step": 0, "rule": "all", "reason": "everything"}

verdict := "Approve"

allow := true

reviewers := 1

concerns contains "never" if input.plan.name == "?"

denials contains "never" if input.plan.name == "?"
"""

BROKEN = {
    "syntax": ("package autonomic.owners.b\n\ndenials contains", "rego_parse_error"),
    "unknown field": (
        'package autonomic.owners.b\n\ndenials contains {"rule": "r", "reason": "x"} if input.plam.name == "x"\n',
        "undefined ref: input.plam.name",
    ),
    "unused variable": (
        'package autonomic.owners.b\n\ndenials contains "x" if {\n\tunused := 1\n\tinput.mode == "Enforce"\n}\n',
        "unused",
    ),
    "network": (
        'package autonomic.owners.b\n\ndenials contains "x" if http.send({"method": "GET", "url": "http://x"}).body\n',
        "undefined function http.send",
    ),
    "names of hosts": (
        'package autonomic.owners.b\n\ndenials contains "x" if net.lookup_ip_addr("x")\n',
        "undefined function net.lookup_ip_addr",
    ),
    "environment": (
        'package autonomic.owners.b\n\ndenials contains "x" if opa.runtime().env.HOME\n',
        "undefined function opa.runtime",
    ),
    "clock": (
        'package autonomic.owners.b\n\ndenials contains "x" if time.now_ns() > 1\n',
        "undefined function time.now_ns",
    ),
    "chance": (
        'package autonomic.owners.b\n\ndenials contains "x" if rand.intn("x", 2) > 0\n',
        "undefined function rand.intn",
    ),
    "package of ours": (
        'package autonomic\n\ndenials contains "x" if input.mode == "Enforce"\n',
        "its package is autonomic:",
    ),
    "package too deep": (
        'package autonomic.owners.b.c\n\ndenials contains "x" if input.mode == "Enforce"\n',
        "its package is autonomic.owners.b.c:",
    ),
    "data": (
        'package autonomic.owners.b\n\ndenials contains "x" if data.autonomic.config.x\n',
        "it reads data: a policy of owners reads input and its own rules",
    ),
    "imported data": (
        'package autonomic.owners.b\n\nimport data.autonomic.permits\n\ndenials contains "x" if count(permits) == 0\n',
        "it reads data",
    ),
    "denials that are no set": (
        'package autonomic.owners.b\n\ndenials := ["x"] if input.mode == "Enforce"\n',
        "a rule denials is no `denials contains",
    ),
    "concerns that are an object": (
        "package autonomic.owners.b\n\nconcerns[x] := 1 if x := input.mode\n",
        "a rule concerns is no `concerns contains",
    ),
    "nothing that is heard": (
        'package autonomic.owners.b\n\ndenial contains "x" if input.mode == "Enforce"\n',
        "would change no answer",
    ),
    "a mark of its own": (
        'package autonomic.owners.b\n\nconcerns contains "x" if input.mode == "?"\n\nloaded contains "other/b.rego=1"\n',
        "it has a rule loaded, which is the operator's own",
    ),
    "too large": ("package autonomic.owners.b\n\n#" + "x" * 40_000, "at most 32768 are read"),
}


class World:
    """ConfigMaps in memory, a real OPA and a real `opa check`."""

    def __init__(
        self,
        engine: OpaPolicyEngine,
        server: OpaPolicyServer,
        cluster: MemoryCluster | None = None,
        program: Path | None = None,
    ) -> None:
        self.cluster = cluster or MemoryCluster(ManualClock(NOW))
        self.facts: list[Fact] = []
        self.engine = engine
        self.server = server
        checker = OpaProgram(str(program or program_path(OPA)), SCHEMA, allowed)
        self.peers = Peers(self.cluster, HOME, checker, server, engine, ManualClock(NOW), (self,), lambda: True)
        self.policies = OwnersPolicies(self.peers)

    async def record(self, fact: Fact) -> None:
        """Keeps it."""
        self.facts.append(fact)

    async def put(self, name: str, *texts: str, label: str = "true") -> None:
        """A person applies a ConfigMap."""
        await self.delete(name)
        meta = {"name": name, "namespace": HOME, "labels": {"autonomic.maestro.dev/policy": label}}
        data = {f"p{number}.rego": text for number, text in enumerate(texts)}
        await self.cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta, "data": data})

    async def delete(self, name: str) -> None:
        """A person deletes it."""
        for each in await self.cluster.list("v1", "ConfigMap", HOME):
            if each["metadata"]["name"] == name:
                ref = ObjectRef(api_version="v1", kind="ConfigMap", name=name, namespace=HOME)
                await self.cluster.delete(ref, each["metadata"]["uid"])

    async def answer(self, question: Mapping[str, Any] = RESTART) -> PolicyAnswer:
        """What is decided. Raises Unavailable."""
        return PolicyAnswer.model_validate(await self.policies.decide(question))

    async def rules(self) -> list[str]:
        """The rules that fired."""
        return (await self.answer()).rules

    def again(self) -> OwnersPolicies:
        """The operator, started again."""
        self.policies = OwnersPolicies(self.peers)
        return self.policies
