"""A plan of a cost budget bears the queries that it rests on."""

from autonomic.cycle.cost.accounting import account
from autonomic.domain.readings import Unknown
from autonomic.domain.view import View
from autonomic.loops.cost import CostOptimizationLoop
from tests.unit.cost.spending import AT, budget, fresh, looked, sample
from tests.unit.domain.cost_specimens import SWITCH
from tests.unit.domain.specimens import loop, namespace


def test_the_evidence_has_the_query_of_the_day_and_of_both_windows_with_what_they_came_to() -> None:
    one = budget(ladder=[{"at": "0.9", "actions": [SWITCH]}], mode="Enforce")
    known = account(one, looked(one, fresh(sample("93.5", model="large"))))
    assert not isinstance(known, Unknown)
    view = View(AT, budgets={one.key: one}, accounts={one.key: known}, namespaces={"shop": namespace()})
    (finding,) = CostOptimizationLoop().analyze(loop("Cost"), view, {}).findings
    ranges = ("[12h] anchored", "[1h] anchored", "[5m] anchored")
    assert [(each.value, each.at) for each in finding.evidence.queries] == [("93.5", AT)] * 3
    assert all(each in query.expr for each, query in zip(ranges, finding.evidence.queries, strict=True))
