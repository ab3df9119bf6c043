"""Keeping a scenario within one namespace: whoever may see no other supposes nothing of another."""

from collections.abc import Iterator

from autonomic.simulate.flaws import Flaw, Unfit, flaw
from autonomic.simulate.reading import CLUSTERED
from autonomic.simulate.rego import SupposedPolicies
from autonomic.simulate.scenario import Scenario


def confine(scenario: Scenario, namespace: str) -> None:
    """Raises Unfit that names everything in the scenario that is of another namespace, or about a namespace itself."""
    wrong = (*_objects(scenario, namespace), *_rest(scenario, namespace), *_packs(scenario, namespace))
    if wrong:
        raise Unfit(wrong)


def _objects(scenario: Scenario, namespace: str) -> Iterator[Flaw]:
    for at, raw in enumerate(scenario.objects):
        meta = raw.get("metadata")
        where = (meta.get("namespace") or "default") if isinstance(meta, dict) else None
        if raw.get("kind") == "Namespace":
            # Its labels say what may be asked of the metrics server, and in whose name.
            yield flaw(f"objects.{at}.kind", "Namespace", _outside(namespace, "a Namespace itself"))
        elif raw.get("kind") not in CLUSTERED and where != namespace:
            yield flaw(f"objects.{at}.metadata.namespace", where, _outside(namespace, f"namespace {where}"))


def _rest(scenario: Scenario, namespace: str) -> Iterator[Flaw]:
    for at, figure in enumerate(scenario.figures):
        if figure.contract != "*" and not figure.contract.startswith(f"{namespace}/"):
            yield flaw(f"figures.{at}.contract", figure.contract, _outside(namespace, "another"))
    for at, signal in enumerate(scenario.signals):
        if signal.namespace != namespace:
            yield flaw(
                f"signals.{at}.namespace", signal.namespace, _outside(namespace, f"namespace {signal.namespace}")
            )
    for at, named in enumerate(scenario.without):
        kind, _, key = named.partition("/")
        if kind == "Namespace" or (kind not in CLUSTERED and not key.startswith(f"{namespace}/")):
            yield flaw(f"without.{at}", named, _outside(namespace, "another"))


def _packs(scenario: Scenario, namespace: str) -> Iterator[Flaw]:
    """Packs read what an administrator set for all namespaces, and names some of them."""
    policies = scenario.policies or SupposedPolicies()
    if policies.instead_of == "All":
        yield flaw("policies.insteadOf", "All", _outside(namespace, "all of them"))
    for at, file in enumerate(policies.files):
        if not file.of_owners:
            yield flaw(
                f"policies.files.{at}.rego", file.name,
                f"a simulation of namespace {namespace} supposes owners' policies alone: begin with"
                " `package autonomic.owners.NAME` on a line of its own, or leave out ?namespace=",
            )  # fmt: skip


def _outside(namespace: str, what: str) -> str:
    return f"this simulation is of namespace {namespace}, not of {what}: leave it out, or leave out ?namespace="
