"""The replay: a twin of the layer is taken through the moments at which something changed. It carries nothing out.

What governance would have let through at once is where history ends to be evidence: from there on the trouble's course is not
known, and its contract is shown to the loops no more until the trouble is over.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autonomic.backtest.history import Past
from autonomic.backtest.moments import Moments
from autonomic.backtest.money.till import BUDGET, LOOK_AGAIN, Till
from autonomic.cycle.plan.stage import stage
from autonomic.domain.contracts import SLAContract
from autonomic.domain.findings import Fact
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan, Governance
from autonomic.domain.signals.received import Signal
from autonomic.domain.units import span
from autonomic.domain.words import Verdict
from autonomic.layer import Timing
from autonomic.loops.healing import HealingLoop
from autonomic.loops.reliability import ReliabilityLoop
from autonomic.simulate.twin import Twin

Progress = Callable[[int, int], None]
"""Called with how many moments were played, and of how many."""

_ENDS = ("Expire", "Deny")
_PLAYBOOK = "playbook:"
_OF_OTHERS = frozenset((ReliabilityLoop.type, HealingLoop.type))
"""Types of loops to which nothing is new where only money changed."""
_RULE_AGAIN = timedelta(minutes=15)
_KEPT = Timing().plan_keep


@dataclass
class Story:
    """What became of one plan. `plan` is its newest state."""

    proposed: datetime
    plan: AdaptationPlan
    ruled: Governance | None = None
    asked: datetime | None = None
    acts: datetime | None = None
    over: datetime | None = None
    """Of one that acts: when its trouble was over in history, and with it what can't be known."""
    known: bool = True

    @property
    def outcome(self) -> str:
        """How it stands."""
        return "WouldAct" if self.acts else outcome(self.plan) or self.plan.status.phase


@dataclass(frozen=True)
class Said:
    """A fact, and when it was told."""

    at: datetime
    fact: Fact


@dataclass
class Replay:
    """Takes the twin through history; then `stories` and `said` tell what came of it."""

    twin: Twin
    past: Past
    till: Till
    unheard: deque[Signal] = field(default_factory=deque)
    """What was pushed and not told yet, in order of time."""
    stories: dict[str, Story] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    _ruled: dict[str, datetime] = field(default_factory=dict)
    """When each plan was ruled last."""
    _closed: dict[str, datetime] = field(default_factory=dict)
    """Plans that are finished, and since when, oldest first."""
    _troubles: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """Of contracts that may hold up what saves, what their status was written for."""
    _asked_again: datetime | None = None
    """When budgets that ask for something were looked at last."""
    _acting: dict[str, str] = field(default_factory=dict)
    """Contracts, playbooks or budgets whose course is not known any more, and the plan that would have acted."""

    async def play(self, moments: Moments, until: datetime, progress: Progress = lambda *_: None) -> None:
        """Every moment, in order, and the ends of plans that wait between them or up to the end."""
        for engine in self.twin.layer.engines.each.values():
            engine.given = self.past.show
        self.till.serve()
        for number, (at, owners) in enumerate(moments.items()):
            now = datetime.fromtimestamp(at / 1000, tz=UTC)
            await self._let_wait(now)
            asking = self._asking(now)
            if asking or owners != LOOK_AGAIN:
                self._move(now)
                await self._look(owners | asking)
            progress(number + 1, len(moments))
        await self._let_wait(until)

    async def _let_wait(self, until: datetime) -> None:
        """Plans that nobody answers expire when they do, not at the next moment."""
        due = sorted(
            each.plan.spec.expires_at
            for each in (self.stories[key] for key in self._open())
            if not each.acts and each.plan.spec.expires_at < until
        )
        for at in due:
            self._move(at)
            await self._end_plans()

    def _move(self, now: datetime) -> None:
        gone = (now - self.twin.clock.now()).total_seconds()
        if gone > 0:
            self.twin.clock.jump(gone)

    async def _look(self, owners: frozenset[str]) -> None:
        layer = self.twin.layer
        self._tell()
        heeded = self._heeded(self.till.open(owners))
        await layer.slo.turn_on(frozenset(self._with_parts(owners | heeded)), heeded)
        self._hide()
        alone = bool(owners) and all(each.startswith(BUDGET) for each in owners)
        await layer.whole.turn_loops(_OF_OTHERS if alone else self.till.idle)
        self._see_ends()
        self.till.note(self.twin.diary.facts)
        await self._govern(owners)
        await self._end_plans()

    async def _govern(self, owners: frozenset[str]) -> None:
        """Rules what is new, what a contract that changed or a playbook asks for, and what was not ruled for a while."""
        layer, now, due = self.twin.layer, self.twin.clock.now(), list[AdaptationPlan]()
        for key in self._open():
            plan, ruled = layer.store.plan(key), self._ruled.get(key)
            if plan is None or stage(plan, now) != "Govern":
                continue
            owner = owner_of(plan)
            if ruled is None or owner in owners or _is_playbook(owner) or now - ruled >= _RULE_AGAIN:
                self._ruled[key] = now
                due.append(plan)
        await self._judge_targets(due)
        for plan in due:
            await layer.whole.plan_turn.advance(plan.key)

    async def _judge_targets(self, plans: Iterable[AdaptationPlan]) -> None:
        """Who rules a plan that no objective asked for looks at what the contracts of its targets have left."""
        touched = {ref for each in plans if not each.spec.trigger.slo_alert for ref in each.refs}
        if touched:
            contracts = self.twin.layer.store.view(self.twin.clock.now()).contracts.values()
            targets = ((each.key, each.spec.target_ref.within(each.metadata.namespace or "")) for each in contracts)
            found = frozenset(key for key, ref in targets if ref in touched)
            await self.twin.layer.slo.turn_on(frozenset(self._with_parts(found)), found)
            self._hide()

    def _tell(self) -> None:
        """What was pushed up to now."""
        heard = list[Signal]()
        while self.unheard and self.unheard[0].at <= self.twin.clock.now():
            heard.append(self.unheard.popleft())
        self.twin.layer.store.inbox.receive(heard)

    def _asking(self, now: datetime) -> frozenset[str]:
        """The budgets that ask for something still, where none was looked at for a while."""
        if self._asked_again and now - self._asked_again < _RULE_AGAIN:
            return frozenset()
        waiting = {owner_of(self.stories[key].plan) for key in self._open() if not self.stories[key].acts}
        found = self.till.asking(waiting)
        self._asked_again = now if found else None
        return found

    def _heeded(self, speaking: frozenset[str]) -> frozenset[str]:
        """Of these contracts those whose troubles are others than when their status was written last."""
        now = self.twin.clock.now()
        troubles = {key: self.past.troubles(key, now) for key in speaking}
        changed = {key: each for key, each in troubles.items() if each != self._troubles.get(key, ())}
        self._troubles |= changed
        return frozenset(changed)

    def _with_parts(self, owners: frozenset[str]) -> set[str]:
        """Of these the contracts, and those that composites of theirs take their parts from."""
        found = [self.twin.layer.store.contract(key) for key in owners]
        return {key for each in found if each for key in (each.key, *_named(each))}

    def _hide(self) -> None:
        """What would have been changed by now burns in history alone."""
        self._see_ends()
        self.till.close(self._acting)
        store = self.twin.layer.store
        store.assessments = {key: seen for key, seen in store.assessments.items() if key not in self._acting}

    def _see_ends(self) -> None:
        """A trouble that is over has no plan any more."""
        store, now = self.twin.layer.store, self.twin.clock.now()
        for owner, key in list(self._acting.items()):
            over = not self._ill(owner)
            if over:
                del self._acting[owner]
                self.stories[key].over = now
            if over or (not _is_playbook(owner) and now >= self._verified(key)):
                store.remove("AdaptationPlan", self.stories[key].plan.wire())

    def _verified(self, key: str) -> datetime:
        """When it would have been known at the latest whether the plan helped: by then it keeps no other one waiting."""
        story = self.stories[key]
        assert story.acts is not None  # noqa: S101 - it is among those that act
        return story.acts + span(story.plan.spec.verification.within)

    def _ill(self, owner: str) -> bool:
        """Whether the trouble goes on, as the status of its contract, budget or playbook says."""
        contract = self.twin.layer.store.contract(owner)
        if contract is not None:
            readings = [one for each in contract.status.objectives for one in (each, *each.groups)]
            return any(each.incident for each in readings)
        view = self.twin.layer.store.view(self.twin.clock.now())
        if budget := view.budgets.get(owner.removeprefix(BUDGET)):
            return budget.status.incident is not None
        found = view.playbooks.get(owner.removeprefix(_PLAYBOOK))
        return found is not None and bool(found.status.incident or found.status.incidents)

    async def _end_plans(self) -> None:
        """Takes down how plans stand, and ends those whose time is over."""
        now, store = self.twin.clock.now(), self.twin.layer.store
        for key in self._open():
            plan = store.plan(key)
            if plan and stage(plan, now) in _ENDS:
                await self.twin.layer.whole.plan_turn.advance(key)
            if plan := store.plan(key):
                self._note(key, plan, now)
        self._clear_up(now)
        self.said.extend(Said(now, fact) for fact in self.twin.diary.facts)
        self.twin.diary.facts.clear()

    def _note(self, key: str, plan: AdaptationPlan, now: datetime) -> None:
        owner = owner_of(plan)
        known = not any(self.till.hangs_together(owner, each) for each in self._acting)
        story = self.stories.setdefault(key, Story(now, plan, known=known))
        story.plan, answer = plan, plan.status.governance
        story.ruled = story.ruled or answer
        if answer and answer.verdict is Verdict.REQUIRE_APPROVAL and story.asked is None:
            story.asked = now
        if plan.status.execution is not None and story.acts is None:
            story.acts = now
            self._acting.setdefault(owner, key)
        if outcome(plan) is not None:
            self._closed[key] = now
        if outcome(plan) == "Superseded":
            self.till.ask_again(owner)

    def _open(self) -> list[str]:
        """Plans that are not finished."""
        return [key for key in self.twin.layer.store.keys("AdaptationPlan") if key not in self._closed]

    def _clear_up(self, now: datetime) -> None:
        """Finished plans are kept for as long as the operator keeps them."""
        for key, ended in list(self._closed.items()):
            if now - ended < _KEPT:
                return
            del self._closed[key]
            self.twin.layer.store.remove("AdaptationPlan", self.stories[key].plan.wire())


def owner_of(plan: AdaptationPlan) -> str:
    """The key of the contract that asked for it; `playbook:` or `budget:` and that of the playbook or budget."""
    trigger, namespace = plan.spec.trigger, plan.metadata.namespace
    if trigger.slo_alert:
        return f"{namespace}/{trigger.slo_alert.contract}"
    if trigger.budget:
        return f"{BUDGET}{namespace}/{trigger.budget.budget}"
    return f"{_PLAYBOOK}{namespace}/{trigger.signal.playbook}" if trigger.signal else f"other:{plan.key}"


def _is_playbook(owner: str) -> bool:
    return owner.startswith(_PLAYBOOK)


def _named(contract: SLAContract) -> set[str]:
    parts = [part.objective for each in contract.spec.objectives for part in each.indicator.composite or ()]
    return {f"{contract.metadata.namespace}/{part.partition('/')[0]}" for part in parts if "/" in part}
