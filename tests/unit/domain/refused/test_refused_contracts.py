"""Each contract of the table is refused, in just the words that a person needs."""

import pytest
from pydantic import ValidationError

from autonomic.domain.contracts import SLAContract
from autonomic.domain.errors import Invalid
from autonomic.slo.indicators import measure
from tests.unit.domain.refused.table import Refused, merged, table
from tests.unit.domain.specimens import contract_raw, meta

TABLE = table()


def answer(row: Refused) -> str:
    """What the operator says: of the model's errors the first, as it is shown in status; else the indicator's."""
    try:
        contract = SLAContract.read(row.document() | {"metadata": meta("agent")})
        for objective in contract.spec.objectives:
            measure(objective, row.options)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg'].removeprefix('Value error, ')}"
    except Invalid as error:
        return str(error)
    return "accepted"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_contract_that_must_be_refused_is_refused_in_these_words(row: Refused) -> None:
    assert answer(row) == row.says


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_without_its_change_the_contract_is_good(row: Refused) -> None:
    good = Refused("good", contract_raw()["spec"], "", None, row.options)
    assert answer(good) == "accepted"


def test_the_table_has_at_least_45_contracts_each_with_a_name_and_words_of_its_own() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE) >= 45
    assert all(row.says for row in TABLE)


def test_merging_replaces_and_removes() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": None, "e": 4}, "d": [5]}) == {
        "a": {"c": 2, "e": 4},
        "d": [5],
    }
