"""Every playbook of the library heals the incident that it is for, on a real control plane."""

import json
import secrets
from collections.abc import Iterator, Mapping

import pytest
import yaml

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.words import Mode
from testbed.waiting import until
from testbed.world import phase
from tests.playbooks import places
from tests.playbooks.healing import Row, approve_all, heal_all, plans_in
from tests.playbooks.incident import LIBRARY, Incident, Said
from tests.playbooks.replay import PLAYBOOK
from tests.playbooks.table import INCIDENTS
from tests.playbooks.trouble import push
from tests.playbooks.ward import Ward, ward

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def made() -> Iterator[Ward]:
    """Where all of it happens."""
    with ward() as made:
        yield made


@pytest.fixture(scope="module")
def rows(made: Ward) -> Mapping[str, Row]:
    """How each ended; they happen side by side."""
    return {row.playbook: row for row in heal_all(made, INCIDENTS)}


@pytest.mark.parametrize("playbook", [each.playbook for each in INCIDENTS])
def test_the_incident_is_healed_by_the_playbook_for_it(rows: Mapping[str, Row], playbook: str) -> None:
    assert rows[playbook].healed, rows[playbook].wire()


@pytest.mark.usefixtures("rows")
def test_what_was_taken_a_moment_before_the_operator_was_killed_is_healed_once(made: Ward) -> None:
    namespace = f"killed-{secrets.token_hex(3)}"
    made.cluster.create_namespace(namespace)
    furniture = [places.settings("task", {"degraded": "false", "model": "large"}), yaml.safe_load(PLAYBOOK)]
    made.cluster.kubectl("apply", "-n", namespace, "-f", "-", input=yaml.safe_dump_all(furniture))
    for _ in range(2):
        push(made, namespace, Said("TaskFailureCount", {"settings": "task"}))
    made.operator.kill9()
    made.operator.start()

    def healed() -> bool:
        approve_all(made, namespace)
        return [phase(each) for each in plans_in(made, namespace)] == ["Succeeded"]

    until(healed, 120, "what the killed operator had taken to be healed")
    data = json.loads(made.cluster.kubectl("get", "configmap", "task", "-n", namespace, "-o", "json"))["data"]
    assert data == {"degraded": "true", "model": "large"}
    assert len(plans_in(made, namespace)) == 1


def test_every_playbook_of_the_library_has_its_incident() -> None:
    assert sorted(each.playbook for each in INCIDENTS) == sorted(path.stem for path in LIBRARY.glob("*.yaml"))


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda each: each.playbook)
def test_what_is_shipped_is_read_and_only_observes(incident: Incident) -> None:
    raw = yaml.safe_load((LIBRARY / f"{incident.playbook}.yaml").read_text())
    raw["metadata"] |= {"namespace": "shop", "uid": "u", "resourceVersion": "1", "generation": 1}
    assert SelfHealingPlaybook.read(raw).spec.mode is Mode.OBSERVE
