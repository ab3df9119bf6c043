"""Every playbook of the library heals the incident that it is for, on a real control plane."""

from collections.abc import Iterator, Mapping

import pytest
import yaml

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.words import Mode
from tests.playbooks.healing import Row, heal_all
from tests.playbooks.incident import LIBRARY, Incident
from tests.playbooks.table import INCIDENTS
from tests.playbooks.ward import ward

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def rows() -> Iterator[Mapping[str, Row]]:
    """How each ended; they happen side by side."""
    with ward() as made:
        yield {row.playbook: row for row in heal_all(made, INCIDENTS)}


@pytest.mark.parametrize("playbook", [each.playbook for each in INCIDENTS])
def test_the_incident_is_healed_by_the_playbook_for_it(rows: Mapping[str, Row], playbook: str) -> None:
    assert rows[playbook].healed, rows[playbook].wire()


def test_every_playbook_of_the_library_has_its_incident() -> None:
    assert sorted(each.playbook for each in INCIDENTS) == sorted(path.stem for path in LIBRARY.glob("*.yaml"))


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda each: each.playbook)
def test_what_is_shipped_is_read_and_only_observes(incident: Incident) -> None:
    raw = yaml.safe_load((LIBRARY / f"{incident.playbook}.yaml").read_text())
    raw["metadata"] |= {"namespace": "shop", "uid": "u", "resourceVersion": "1", "generation": 1}
    assert SelfHealingPlaybook.read(raw).spec.mode is Mode.OBSERVE
