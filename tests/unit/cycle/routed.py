"""The world with a route in it, whose policy a person has to approve."""

from collections.abc import Callable
from typing import Any

from autonomic.domain.meta import condition as find
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.routes import AdaptiveRoute
from tests.unit.cycle.routing.scene import HTTP, ROUTE, http_route, route_raw
from tests.unit.cycle.world import PERSON, Mishap, World, message


class Routed(World):
    """Everything, and the route `triage` that publishes to the HTTPRoute `llm`."""

    def __init__(self, mishap: Mishap | None = None, **spec: Any) -> None:
        super().__init__(mishap)
        self.policy.answer = PERSON
        self.spec = spec

    async def _furnish(self) -> None:
        mishap, self._mishap = self._mishap, None
        await super()._furnish()
        await self.cluster.create(http_route(sonnet=9, haiku=1))
        await self.cluster.create(route_raw(**self.spec))
        self.cluster.writes.clear()
        self.cluster.count, self.cluster.mishap = 0, mishap

    async def route(self) -> AdaptiveRoute:
        """As it is."""
        return AdaptiveRoute.read(await self.cluster.get(ROUTE))

    async def said(self, name: str) -> tuple[str, str, str]:
        """The route's condition."""
        found = find((await self.route()).status.conditions, name)
        assert found, self.diary.render()
        return found.status.value, found.reason, found.message

    async def edit(self, **spec: Any) -> None:
        """Its owner changes the spec."""
        await self.cluster.patch_as("owner", ROUTE, {"spec": spec})

    async def plan(self, phase: str, which: Callable[[AdaptationPlan], bool] = lambda _: True) -> AdaptationPlan:
        """The plan for the route that has the phase, once there is one."""
        for _ in range(400):
            for each in await self.plans():
                if each.spec.trigger.route and each.status.phase == phase and which(each):
                    return each
            await self.passes(1)
        seen = [(each.metadata.name, each.status.phase, message(each)) for each in await self.plans()]
        raise AssertionError(f"no plan is {phase}: {seen}\n{self.diary.render()}")

    async def say(self, plan: AdaptationPlan, decision: str) -> None:
        """A person reviews the plan."""
        said = [*(each.wire() for each in plan.spec.reviews)]
        mine = {"decision": decision, "by": "ann", "digest": plan.spec.digest}
        await self.cluster.patch_as("ann", plan.ref, {"spec": {"reviews": [*said, mine]}})

    async def adopt(self) -> AdaptationPlan:
        """What the spec says is approved, and takes."""
        plan = await self.plan("AwaitingApproval")
        await self.say(plan, "Approved")
        return await self.plan("Succeeded", lambda each: each.metadata.name == plan.metadata.name)

    async def weights(self) -> dict[str, int]:
        """As the HTTPRoute has them."""
        (rule,) = (await self.cluster.get(HTTP))["spec"]["rules"]
        return {each["name"]: each["weight"] for each in rule["backendRefs"]}
