"""Taking a scenario's objects in: what is given stands in place of what was known under its name."""

from typing import Any

from autonomic.cycle.store import WATCHED
from autonomic.cycle.yielding import give_way
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import ENABLED_LABEL
from autonomic.simulate.cluster import WORKLOADS
from autonomic.simulate.flaws import Flaw, Unfit, flaw
from autonomic.simulate.reading import OURS, faulty, whole
from autonomic.simulate.scenario import Scenario
from autonomic.simulate.twin import Twin

_PIECE = 20
"""Objects that are read in one go."""


async def fill(twin: Twin, scenario: Scenario) -> None:
    """The twin holds what is given, and lacks what is supposed not to be there. Raises Unfit."""
    wrong: list[Flaw] = []
    for at, raw in enumerate(whole(scenario)):
        wrong.extend(_take(twin, at, raw))
        if at % _PIECE == 0:
            await give_way()
    wrong.extend(found for at, each in enumerate(scenario.without) for found in _remove(twin, at, each))
    if wrong:
        raise Unfit(wrong)
    if not twin.live:
        _assume_namespaces(twin)


def _take(twin: Twin, at: int, raw: dict[str, Any]) -> tuple[Flaw, ...]:
    kind, store = raw["kind"], twin.layer.store
    if kind not in WATCHED:
        twin.cluster.hold(_at_rest(raw))
        return ()
    ours = ObjectRef.of(raw) if kind in OURS else None
    known = store.resource(ours) if ours else None
    meta = raw["metadata"] if kind != "Namespace" else _named(raw["metadata"])
    given = {
        "uid": known.metadata.uid if known else f"supposed-{kind}-{meta['name']}"[:64],
        "generation": known.metadata.generation + 1 if known else 1,
        "creationTimestamp": twin.cluster.stamp(),
    }
    store.apply(kind, {**raw, "metadata": {**given, **meta, "resourceVersion": twin.cluster.number()}})
    return faulty(at, raw) if ours and store.resource(ours) is None else ()


def _at_rest(raw: dict[str, Any]) -> dict[str, Any]:
    """A workload without a status is one whose pods are all there."""
    if raw["kind"] not in WORKLOADS or raw.get("status"):
        return raw
    wanted = (raw.get("spec") or {}).get("replicas", 1)
    counts = dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), wanted)
    return {**raw, "status": {"observedGeneration": raw["metadata"].get("generation", 1), **counts}}


def _remove(twin: Twin, at: int, named: str) -> tuple[Flaw, ...]:
    kind, _, key = named.partition("/")
    if kind not in WATCHED or key not in twin.layer.store.keys(kind):
        hint = "write Kind/namespace/name" if kind in WATCHED else f"kinds are {', '.join(WATCHED)}"
        return (flaw(f"without.{at}", named, f"there is no {kind} {key}: {hint}"),)
    namespace, _, name = key.rpartition("/")
    twin.layer.store.remove(kind, {"metadata": {"name": name, "namespace": namespace or None}})
    return ()


def _assume_namespaces(twin: Twin) -> None:
    store = twin.layer.store
    wanted = {key.partition("/")[0] for kind in OURS for key in store.keys(kind) if "/" in key}
    for name in sorted(wanted - set(store.keys("Namespace"))):
        twin.note(f"Namespace {name} is not among the objects: it is taken to have opted in")
        meta = _named({"name": name, "labels": {ENABLED_LABEL: "true"}})
        store.apply("Namespace", {"metadata": {**meta, "resourceVersion": twin.cluster.number()}})


def _named(meta: dict[str, Any]) -> dict[str, Any]:
    """With the label that the API server gives every Namespace."""
    return {**meta, "labels": {**(meta.get("labels") or {}), "kubernetes.io/metadata.name": meta["name"]}}
