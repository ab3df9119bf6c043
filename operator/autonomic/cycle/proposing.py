"""Proposing: a finding becomes a plan, once; in Observe it is only told."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from autonomic.cycle.compose import Actions, compose, manifest, step_facts
from autonomic.cycle.gathering import gather_targets
from autonomic.cycle.guards import unproposable
from autonomic.cycle.plan.recording import proposed
from autonomic.cycle.plugged import Plugins, translated
from autonomic.cycle.ports import Ports
from autonomic.cycle.store import Store
from autonomic.domain.errors import AlreadyExists, AutonomicError, NotFound, Unavailable
from autonomic.domain.findings import Fact, Finding
from autonomic.domain.plans import AdaptationPlan, AdaptationPlanSpec
from autonomic.domain.targets import StepFacts
from autonomic.domain.view import View
from autonomic.domain.words import Mode
from autonomic.execution.action import Declined
from autonomic.governance.duties import EDITOR_ANNOTATION, quorum
from autonomic.governance.redlines import kill_switch
from autonomic.loops.arbitration import flapping, in_the_way
from autonomic.loops.vetoes import veto
from autonomic.ports.cluster import Manifest


@dataclass
class Proposer:
    """Creates plans. `expiry` is how long a plan waits for a person."""

    ports: Ports
    store: Store
    actions: Actions
    expiry: timedelta
    plugins: Plugins = field(default_factory=Plugins)
    _told: dict[tuple[str, str], str] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def forget_all_but(self, loop: str, names: set[str]) -> None:
        """Findings of the loop that are gone may be told again when they come back."""
        self._told = {key: message for key, message in self._told.items() if key[0] != loop or key[1] in names}

    async def propose(self, finding: Finding) -> bool:
        """Creates the plan of a finding, unless something speaks against it; each reason is told. Never raises.

        False when the finding has nothing to do, so that the next alternative may be tried.
        """
        async with self._one_at_a_time:  # loops turn at the same time: two must not find one workload free
            return await self._propose(finding, self.store.view(self.ports.clock.now()))

    async def _propose(self, finding: Finding, view: View) -> bool:
        obstacle = _obstacle(finding, view)
        if obstacle:
            await self._tell("NotProposed", finding, obstacle)
            return True
        try:
            await self._create(finding, view)
        except Declined as declined:
            await self._tell("NotProposed", finding, str(declined))
            return False
        except NotFound as error:
            await self._tell("TargetNotFound", finding, str(error))
        except AlreadyExists:
            pass  # a turn before a restart created it: the watch brings it
        except AutonomicError as error:
            await self._tell("NotProposed", finding, str(error))
        return True

    async def _create(self, finding: Finding, view: View) -> None:
        kinds = (self.actions.get(each.type) for each in finding.fixed or finding.permitted)
        targets, revision = await asyncio.gather(
            gather_targets(self.ports.cluster, finding.targets, view, kinds), self._revision()
        )
        finding = await translated(finding, targets, self.plugins, self.actions)
        spec = compose(
            finding,
            targets,
            self.actions,
            now=view.now,
            expiry=self.expiry,
            nonce=self.ports.entropy.nonce(),
            policy_revision=revision,
        )
        facts = step_facts(spec.actions, targets, self.actions)
        summary = "; ".join(f"{each.summary} on {each.target.ref}" for each in facts)
        objections = [each.objection for each in facts if each.objection]
        if objections:
            raise Declined(objections[0])
        if finding.exactly and {change for each in facts for change in each.changes} != set(finding.exactly):
            raise Declined(
                "what was changed is no longer as it was left: somebody else changed it, and that is not undone"
            )
        made = _manifest(finding, spec, facts, view)
        turned_back = flapping(AdaptationPlan.read(made), facts, view)
        if turned_back:
            raise Declined(turned_back)
        if finding.mode is Mode.OBSERVE:
            await self._tell("WouldPropose", finding, f"{summary}: {finding.justification}")
            return
        await self.ports.audit.append(proposed(finding.name, finding.owner.namespace, spec))
        self.store.apply("AdaptationPlan", await self.ports.cluster.create(made))
        await self._tell("PlanProposed", finding, f"{finding.name}: {summary}. {finding.justification}")

    async def _revision(self) -> str:
        try:
            return await self.ports.policy.revision()
        except Unavailable:
            return ""

    async def _tell(self, name: str, finding: Finding, message: str) -> None:
        """Tells it once for as long as it stays the same."""
        key = (finding.loop, finding.name)
        if self._told.get(key) == message:
            return
        self._told[key] = message
        fields = {"plan": finding.name, "loop": finding.loop}
        await self.ports.tell(Fact(name, finding.owner, message, fields=fields))


def _obstacle(finding: Finding, view: View) -> str | None:
    """Why no plan may be made now, whatever it would do."""
    line = kill_switch(view)
    if line:
        return f"the kill switch of RedLine {line} is on"
    asked = finding.trigger.budget
    wakes = asked is not None and asked.wakes
    back = unproposable(finding.loop, finding.targets, view, wakes=wakes)
    if back:
        return back
    if asked and not asked.gives_back and (why := veto(finding.owner.key, finding.permitted, finding.targets, view)):
        return why
    other = in_the_way(finding.loop, finding.targets, view, wakes=wakes)
    return f"plan {other.metadata.name} for the same target is not finished" if other else None


def _manifest(finding: Finding, spec: AdaptationPlanSpec, facts: tuple[StepFacts, ...], view: View) -> Manifest:
    """The plan as it is created; where duties are separated it says who may not approve it, for admission to hold."""
    made = manifest(finding, spec)
    barred = quorum(AdaptationPlan.read(made), facts, view).barred
    if barred:
        made["metadata"]["annotations"] = {EDITOR_ANNOTATION: barred}
    return made
