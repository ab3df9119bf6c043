"""What contracts have alike is in memory once."""

from typing import Any

from autonomic.cycle.store import Store
from autonomic.domain.contracts import SLAContract
from tests.unit.domain.specimens import NOW


def contract(name: str, **objective: Any) -> dict[str, Any]:
    """One as the API server tells it."""
    source = {"ratio": {"bad": 'tasks_total{status="failed"}', "total": "tasks_total"}}
    promised = {"name": "success", "target": "99.5", "window": {"rolling": "28d"}, "indicator": source, **objective}
    about = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    meta = {"name": name, "namespace": "shop", "uid": name, "resourceVersion": "1", "generation": 1}
    return {"kind": "SLAContract", "metadata": meta, "spec": {"targetRef": about, "objectives": [promised]}}


def held(*raws: dict[str, Any]) -> list[SLAContract]:
    """What is kept of them."""
    store = Store()
    for raw in raws:
        store.apply("SLAContract", raw)
    known = store.view(NOW).contracts
    return [known[f"shop/{raw['metadata']['name']}"] for raw in raws]


def test_contracts_that_give_the_same_fields_hold_their_names_once() -> None:
    one, two = held(contract("one"), contract("two"))
    assert one.model_fields_set is two.model_fields_set
    assert one.spec.objectives[0].model_fields_set is two.spec.objectives[0].model_fields_set
    assert one.spec.objectives[0].indicator.model_fields_set is two.spec.objectives[0].indicator.model_fields_set


def test_a_contract_that_gives_another_field_is_not_told_the_names_of_others() -> None:
    one, two = held(contract("one"), contract("two", minEvents=5))
    assert "min_events" not in one.spec.objectives[0].model_fields_set
    assert "min_events" in two.spec.objectives[0].model_fields_set
