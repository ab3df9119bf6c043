"""From a scenario's words to what a turn looks at: figures of contracts, signals on the board, providers that fail."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

from autonomic.domain.contracts import SLAContract
from autonomic.domain.routes import AdaptiveRoute
from autonomic.domain.signals.received import Signal
from autonomic.domain.units import milliseconds, span
from autonomic.routing.outcome import Outcome
from autonomic.simulate.flaws import Flaw, Unfit, flaw
from autonomic.simulate.scenario import Figure, Scenario, SupposedSignal, ratio
from autonomic.simulate.twin import Twin
from autonomic.slo.supposing import Figures, Supposed, suppose

PROVIDER_LABEL = "provider"
"""On a candidate of a route: whose model or agent it is."""
FAILURES = 100
"""Tasks that a provider that is down has failed: far more than it takes to show."""


async def judge(twin: Twin, scenario: Scenario, namespace: str | None) -> frozenset[str]:
    """The contracts that figures are given for are judged by them; their keys.

    Raises Unfit for figures of what there is not.
    """
    every = twin.layer.store.view(twin.clock.now()).contracts
    contracts = {key: each for key, each in every.items() if namespace in (None, each.metadata.namespace)}
    figures = _figures(scenario, contracts)
    if figures:
        for engine in twin.layer.engines.each.values():
            engine.given = partial(suppose, figures=figures)
        await twin.layer.slo.turn_on(frozenset(figures))
    return frozenset(figures)


def hear(twin: Twin, scenario: Scenario) -> None:
    """The signals are pushed. What no playbook listens to is noted."""
    view = twin.layer.store.view(twin.clock.now())
    heard = {
        (book.metadata.namespace, type_)
        for book in view.playbooks.values()
        for trigger in book.spec.triggers
        for type_ in trigger.listens_to
    }
    for each in scenario.signals:
        if (each.namespace, each.type) not in heard:
            twin.note(f"no playbook of namespace {each.namespace} listens to {each.type}")
    twin.layer.receive([signal for at, each in enumerate(scenario.signals) for signal in _signals(at, each, twin)])


def break_down(twin: Twin, scenario: Scenario, namespace: str | None) -> None:
    """Every candidate of a provider that is down has failed its last tasks. Raises Unfit for a provider nobody knows."""
    every = twin.layer.store.view(twin.clock.now()).routes.values()
    routes = [each for each in every if namespace in (None, each.metadata.namespace)]
    wrong = []
    for at, name in enumerate(scenario.down):
        if not sum(_fail(twin, route, name) for route in routes):
            known = sorted({word for route in routes for names in called(route).values() for word in names})
            hint = f"known are {', '.join(known[:20])}" if known else "there is no AdaptiveRoute"
            wrong.append(flaw(f"down.{at}", name, f"no route has a candidate of that provider: {hint}"))
    if wrong:
        raise Unfit(wrong)


def called(route: AdaptiveRoute) -> Mapping[str, frozenset[str]]:
    """The names under which each candidate may be said to be down."""
    return {
        each.name: frozenset(
            word for word in (each.name, each.model, each.backend, each.labels.get(PROVIDER_LABEL)) if word
        )
        for each in route.spec.candidates
    }


def _fail(twin: Twin, route: AdaptiveRoute, provider: str) -> int:
    """How many candidates of the route are the provider's."""
    desk, at = twin.layer.routing.keep(route), twin.clock.now().timestamp()
    names = [name for name, words in called(route).items() if provider in words]
    for name in names:
        for task_type, learner in desk.learners.items():
            for _ in range(FAILURES):
                learner.learn(Outcome(name, task_type, False, at))
    return len(names)


def _figures(scenario: Scenario, contracts: Mapping[str, SLAContract]) -> Figures:
    """What is supposed of each contract; what is said later goes before what was said earlier. Raises Unfit."""
    found: dict[str, dict[str, Supposed]] = {}
    wrong: list[Flaw] = []
    for at, each in enumerate(scenario.figures):
        meant = list(_meant(each, contracts))
        wrong.extend(_unknown(at, each, meant, contracts))
        supposed = _supposed(each)
        for key in meant:
            earlier = found.get(key, {}) if each.objective else {}  # of the whole contract: of all its objectives
            found[key] = {**earlier, each.objective or "": supposed}
    if wrong:
        raise Unfit(wrong)
    return found


def _meant(figure: Figure, contracts: Mapping[str, SLAContract]) -> Iterable[str]:
    wanted = figure.contract
    here: Iterable[str] = [wanted] if wanted in contracts else []
    if wanted == "*" or wanted.endswith("/*"):
        here = (key for key in contracts if key.startswith(wanted[:-1]))
    for key in here:
        if figure.objective is None or any(each.name == figure.objective for each in contracts[key].spec.objectives):
            yield key


def _unknown(at: int, figure: Figure, meant: list[str], contracts: Mapping[str, SLAContract]) -> Iterable[Flaw]:
    if meant:
        return
    known = contracts.get(figure.contract)
    if known is not None:
        names = ", ".join(each.name for each in known.spec.objectives)
        yield flaw(f"figures.{at}.objective", figure.objective, f"SLAContract {known.key} has {names}")
        return
    there = f"there are {', '.join(sorted(contracts)[:5])}" if contracts else "there is none: add it to the objects"
    yield flaw(f"figures.{at}.contract", figure.contract, f"there is no such SLAContract: {there}")


def _supposed(figure: Figure) -> Supposed:
    return Supposed(
        ratio=ratio(figure.error_ratio),
        before=ratio(figure.before),
        lasting=milliseconds(figure.lasting) if figure.lasting else None,
        events=figure.events,
    )


def _signals(at: int, given: SupposedSignal, twin: Twin) -> Iterable[Signal]:
    newest = twin.clock.now() - (span(given.ago) if given.ago else timedelta(0))
    for number in range(given.times):
        # One after the other, the last of them at the moment that was named.
        when = newest - timedelta(milliseconds=given.times - 1 - number)
        yield Signal(
            given.type, given.namespace, given.labels, given.value, when, given.source, f"supposed-{at}-{number}"
        )
