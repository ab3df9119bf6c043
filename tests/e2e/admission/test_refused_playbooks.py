"""The table of refused playbooks is true: a real API server refuses what it says that admission sees, and no more."""

from typing import Any

import pytest

from autonomic.domain.words import GROUP
from testbed.api import ApiError
from testbed.installation import Installation
from testbed.people import ADMIN
from tests.unit.domain.refused.playbook_table import GOOD, RefusedPlaybook, playbook_table
from tests.unit.domain.specimens import playbook_raw

TABLE = playbook_table()
SEEN = [row for row in TABLE if row.admission]
UNSEEN = [row for row in TABLE if not row.admission]


def apply(installed: Installation, document: dict[str, Any]) -> dict[str, Any]:
    """What `kubectl apply --dry-run=server` does; in a namespace that is there already, since nothing is kept."""
    path = f"/apis/{GROUP}/v1alpha1/namespaces/{installed.namespace}/selfhealingplaybooks"
    return installed.cluster.api(ADMIN).post(path, document, dryRun="All", fieldValidation="Strict")


@pytest.mark.parametrize("row", SEEN, ids=lambda row: row.name)
def test_what_admission_sees_is_refused_there_in_words(installed: Installation, row: RefusedPlaybook) -> None:
    with pytest.raises(ApiError) as caught:
        apply(installed, row.document(installed.namespace))
    assert caught.value.status in (400, 422), caught.value
    assert str(row.admission) in str(caught.value)


@pytest.mark.parametrize("row", UNSEEN, ids=lambda row: row.name)
def test_what_admission_cannot_see_is_accepted_there(installed: Installation, row: RefusedPlaybook) -> None:
    assert apply(installed, row.document(installed.namespace))["kind"] == "SelfHealingPlaybook"


def test_the_playbook_that_they_all_begin_as_is_accepted(installed: Installation) -> None:
    good = playbook_raw(**GOOD) | {"metadata": {"name": "crashes", "namespace": installed.namespace}}
    assert apply(installed, good)["spec"]["match"] == "All"
