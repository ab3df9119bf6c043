"""The replay: a twin of the layer is taken through the moments at which something changed. It carries nothing out.

What governance would have let through at once is where history ends to be evidence: from there on the trouble's course is not
known, and its contract is shown to the loops no more until the trouble is over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autonomic.backtest.history import Past
from autonomic.backtest.moments import Moments
from autonomic.cycle.plan.stage import stage
from autonomic.domain.contracts import SLAContract
from autonomic.domain.findings import Fact
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan, Governance
from autonomic.domain.units import span
from autonomic.domain.words import Verdict
from autonomic.layer import Timing
from autonomic.simulate.twin import Twin

Progress = Callable[[int, int], None]
"""Called with how many moments were played, and of how many."""

_ENDS = ("Expire", "Deny")
_PLAYBOOK = "playbook:"
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
    stories: dict[str, Story] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    _ruled: dict[str, datetime] = field(default_factory=dict)
    """When each plan was ruled last."""
    _closed: dict[str, datetime] = field(default_factory=dict)
    """Plans that are finished, and since when, oldest first."""
    _acting: dict[str, str] = field(default_factory=dict)
    """Contracts, or playbooks, whose course is not known any more, and the plan that would have acted."""

    async def play(self, moments: Moments, until: datetime, progress: Progress = lambda *_: None) -> None:
        """Every moment, in order, and the ends of plans that wait between them or up to the end."""
        for engine in self.twin.layer.engines.each.values():
            engine.given = self.past.show
        for number, (at, contracts) in enumerate(moments.items()):
            now = datetime.fromtimestamp(at / 1000, tz=UTC)
            await self._let_wait(now)
            self._move(now)
            await self._look(contracts)
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

    async def _look(self, contracts: frozenset[str]) -> None:
        layer = self.twin.layer
        await layer.slo.turn_on(frozenset(self._with_parts(contracts)))
        self._hide()
        await layer.whole.turn_loops()
        await self._govern(contracts)
        await self._end_plans()

    async def _govern(self, contracts: frozenset[str]) -> None:
        """Rules what is new, what a contract that changed or a playbook asks for, and what was not ruled for a while."""
        layer, now = self.twin.layer, self.twin.clock.now()
        for key in self._open():
            plan, ruled = layer.store.plan(key), self._ruled.get(key)
            if plan is None or stage(plan, now) != "Govern":
                continue
            owner = owner_of(plan)
            if ruled is None or owner in contracts or _is_playbook(owner) or now - ruled >= _RULE_AGAIN:
                self._ruled[key] = now
                await layer.whole.plan_turn.advance(key)

    def _with_parts(self, contracts: frozenset[str]) -> set[str]:
        """And those that composites of theirs take their parts from."""
        wanted = set(contracts)
        for key in contracts:
            found = self.twin.layer.store.contract(key)
            wanted |= _named(found) if found else set()
        return wanted

    def _hide(self) -> None:
        """What would have been changed by now burns in history alone. A trouble that is over has no plan any more."""
        store, now = self.twin.layer.store, self.twin.clock.now()
        for owner, key in list(self._acting.items()):
            over = not self._ill(owner)
            if over:
                del self._acting[owner]
                self.stories[key].over = now
            if over or (not _is_playbook(owner) and now >= self._verified(key)):
                store.remove("AdaptationPlan", self.stories[key].plan.wire())
        store.assessments = {key: seen for key, seen in store.assessments.items() if key not in self._acting}

    def _verified(self, key: str) -> datetime:
        """When it would have been known at the latest whether the plan helped: by then it keeps no other one waiting."""
        story = self.stories[key]
        assert story.acts is not None  # noqa: S101 - it is among those that act
        return story.acts + span(story.plan.spec.verification.within)

    def _ill(self, owner: str) -> bool:
        """Whether the trouble goes on, as the status of its contract or playbook says."""
        contract = self.twin.layer.store.contract(owner)
        if contract is not None:
            readings = [one for each in contract.status.objectives for one in (each, *each.groups)]
            return any(each.incident for each in readings)
        found = self.twin.layer.store.view(self.twin.clock.now()).playbooks.get(owner.removeprefix(_PLAYBOOK))
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
        story = self.stories.setdefault(key, Story(now, plan, known=owner not in self._acting))
        story.plan, answer = plan, plan.status.governance
        story.ruled = story.ruled or answer
        if answer and answer.verdict is Verdict.REQUIRE_APPROVAL and story.asked is None:
            story.asked = now
        if plan.status.execution is not None and story.acts is None:
            story.acts = now
            self._acting.setdefault(owner, key)
        if outcome(plan) is not None:
            self._closed[key] = now

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
    """The key of the contract that asked for it, or `playbook:` and that of the playbook."""
    trigger, namespace = plan.spec.trigger, plan.metadata.namespace
    if trigger.slo_alert:
        return f"{namespace}/{trigger.slo_alert.contract}"
    return f"{_PLAYBOOK}{namespace}/{trigger.signal.playbook}" if trigger.signal else f"other:{plan.key}"


def _is_playbook(owner: str) -> bool:
    return owner.startswith(_PLAYBOOK)


def _named(contract: SLAContract) -> set[str]:
    parts = [part.objective for each in contract.spec.objectives for part in each.indicator.composite or ()]
    return {f"{contract.metadata.namespace}/{part.partition('/')[0]}" for part in parts if "/" in part}
