"""What is asked of all contracts together is what each of them says."""

from typing import Any

from autonomic.domain.contract_book import ContractBook
from autonomic.domain.contracts import SLAContract
from autonomic.domain.meta import ObjectRef
from autonomic.domain.view import View
from tests.unit.domain.specimens import NOW, contract_raw


def contract(namespace: str, name: str, workload: str, alert: str | None = None) -> SLAContract:
    raw: dict[str, Any] = contract_raw(name)
    raw["metadata"]["namespace"] = namespace
    raw["spec"]["targetRef"]["name"] = workload
    shown = {"name": "success", "sli": "99%", "budgetRemaining": "41.7%", "alert": alert}
    return SLAContract.read({**raw, "status": {"objectives": [shown]} if alert else None})


def ref(namespace: str, workload: str) -> ObjectRef:
    return ObjectRef(api_version="apps/v1", kind="Deployment", name=workload, namespace=namespace)


def book(*contracts: SLAContract) -> ContractBook:
    return View(NOW, contracts={each.key: each for each in contracts}).promises


FAST, RIGHT = contract("shop", "fast", "agent"), contract("shop", "right", "agent", "Breach")
OTHER = contract("bank", "fast", "agent", "Exhausted")
ALL = book(FAST, RIGHT, OTHER)


def test_a_workload_that_two_contracts_are_about_is_one_workload_with_both() -> None:
    assert ALL.targets("shop") == {ref("shop", "agent"): [FAST, RIGHT]}


def test_a_workload_of_the_same_name_in_another_namespace_is_another_one() -> None:
    assert ALL.targets("bank") == {ref("bank", "agent"): [OTHER]}
    assert ALL.targets("nowhere") == {}
    assert {*ALL.namespaces} == {"shop", "bank"}


def test_contracts_are_found_by_any_of_the_workloads_each_once() -> None:
    wanted = [ref("shop", "agent"), ref("shop", "agent"), ref("shop", "other")]
    assert list(ALL.about(wanted)) == [FAST, RIGHT]


def test_those_burn_that_are_told_to_be_in_breach_or_exhausted() -> None:
    assert ALL.burning == 2
    assert book(contract("shop", "slow", "agent", "Warning"), FAST).burning == 0


def test_a_view_that_was_given_a_book_asks_that_one() -> None:
    assert View(NOW, contracts=ALL).promises is ALL
