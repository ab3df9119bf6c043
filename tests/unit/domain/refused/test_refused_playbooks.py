"""Each playbook of the table is refused, in just the words that a person needs."""

import pytest
from pydantic import ValidationError

from autonomic.domain.playbooks import SelfHealingPlaybook
from tests.unit.domain.refused.playbook_table import GOOD, RefusedPlaybook, playbook_table
from tests.unit.domain.specimens import meta, playbook_raw

TABLE = playbook_table()


def answer(row: RefusedPlaybook) -> str:
    """What the operator says: the first of the model's errors, as it is shown in status."""
    try:
        SelfHealingPlaybook.read(row.document() | {"metadata": meta("crashes")})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]).removeprefix("spec").removeprefix(".")
        said = first["msg"].removeprefix("Value error, ")
        return f"{where}: {said}" if where else said
    return "accepted"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_a_playbook_that_must_be_refused_is_refused_in_these_words(row: RefusedPlaybook) -> None:
    assert answer(row) == row.says


def test_without_its_change_the_playbook_is_good() -> None:
    assert answer(RefusedPlaybook("good", playbook_raw(**GOOD)["spec"], "", None)) == "accepted"


def test_the_table_has_at_least_20_playbooks_each_with_a_name_of_its_own() -> None:
    assert len({row.name for row in TABLE}) == len(TABLE) >= 20
