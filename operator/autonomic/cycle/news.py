"""What changed in the Store, as news: plans that moved on, alerts that took another level, conflicts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from autonomic.cycle.feed import Feed, Kind, News
from autonomic.cycle.store import Store
from autonomic.domain.contracts import SLAContract
from autonomic.domain.meta import condition
from autonomic.domain.naming import outcome
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.words import Truth
from autonomic.loops.arbitration import names_a_rival

_NOTHING: Mapping[str, str] = {}


class NewsDesk:
    """Listens to the Store and publishes what is new. What the Store holds when it begins is known already.

    Every replica can tell: it looks at what the cluster says, not at who made it so.
    """

    def __init__(self, store: Store, feed: Feed, now: Callable[[], datetime]) -> None:
        self._store = store
        self._feed = feed
        self._now = now
        self._phases: dict[str, str] = {}
        self._alerts: dict[str, Mapping[str, str]] = {}
        self._conflicts: dict[str, str] = {}

    def begin(self) -> Callable[[], None]:
        """From now on changes are told, until the returned function is called."""
        for kind in ("AdaptationPlan", "SLAContract", "AdaptiveRoute"):
            for key in self._store.keys(kind):
                tuple(self._told(kind, key))  # remembered; what is there already is no news
        return self._store.listen(self._changed)

    def _changed(self, kind: str, key: str, meaning: bool) -> None:  # noqa: ARG002 - most news are in a status
        for each in self._told(kind, key):
            self._feed.publish(each)

    def _told(self, kind: str, key: str) -> Iterator[News]:
        if kind == "AdaptationPlan":
            yield from self._plan(key, self._store.plan(key))
        elif kind == "SLAContract":
            yield from self._contract(key, self._store.contract(key))
        elif kind == "AdaptiveRoute":
            yield from self._route(key, self._store.route(key))

    def _plan(self, key: str, plan: AdaptationPlan | None) -> Iterator[News]:
        was, phase = self._phases.pop(key, None), plan.status.phase if plan else None
        if phase:
            self._phases[key] = phase
        if was == phase:
            return
        told = {"plan": _name(key), "from": was, "to": phase, "message": _message(plan) if plan else "deleted"}
        if plan:
            told |= {"loop": plan.spec.control_loop, "reviewedBy": plan.status.reviewed_by}
        yield self._news("PlanChanged", "adaptationplans", key, told)
        if plan and phase == "Superseded" and names_a_rival(_message(plan)):
            yield self._news("Conflict", "adaptationplans", key, {"plan": _name(key), "message": _message(plan)})

    def _contract(self, key: str, contract: SLAContract | None) -> Iterator[News]:
        was = self._alerts.pop(key, _NOTHING)
        if contract is None:
            return
        alerts = {each.name: each.alert for each in contract.status.objectives}
        self._alerts[key] = alerts
        for each in contract.status.objectives:
            before = was.get(each.name)
            if before != each.alert and (before or each.alert != "None"):
                told = {"contract": _name(key), "objective": each.name, "from": before, "to": each.alert}
                figures = {"sli": each.sli, "budgetRemaining": each.budget_remaining}
                yield self._news("AlertChanged", "slacontracts", key, told | figures)

    def _route(self, key: str, route: AdaptiveRoute | None) -> Iterator[News]:
        was = self._conflicts.pop(key, "")
        found = condition(route.status.conditions, "Conflict") if route else None
        message = found.message if found and found.status is Truth.TRUE else ""
        if message:
            self._conflicts[key] = message
        if message and message != was:
            yield self._news("Conflict", "adaptiveroutes", key, {"route": _name(key), "message": message})

    def _news(self, kind: Kind, resource: str, key: str, told: Mapping[str, str | None]) -> News:
        return News(kind, resource, key.partition("/")[0], self._now(), told)


def _name(key: str) -> str:
    return key.partition("/")[2]


def _message(plan: AdaptationPlan) -> str:
    """What the status says last: how the plan ended, or why it stands where it stands."""
    wanted = "Finished" if outcome(plan) else "Governed"
    found = condition(plan.status.conditions, wanted)
    return found.message if found else plan.spec.justification
