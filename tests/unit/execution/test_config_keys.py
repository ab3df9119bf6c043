"""SetConfig, DegradedMode, SwitchModel, ShedLoad: one key that the owner of a ConfigMap listed."""

from typing import Any

import pytest

from autonomic.domain.targets import Target
from tests.contract.actions.config import config_map
from tests.contract.actions.row import Manifest, noted
from tests.unit.execution.samples import KINDS, fixed, placed, target_of

ALL: tuple[tuple[Manifest, str, str], ...] = (
    ({"type": "SetConfig", "setConfig": {"key": "k", "value": "v"}}, "v", "set a key (k: (none) -> v)"),
    ({"type": "DegradedMode", "degradedMode": {"key": "k"}}, "true", "switch the degraded mode (k: (none) -> true)"),
    ({"type": "SwitchModel", "switchModel": {"key": "k", "model": "s"}}, "s", "switch the model (k: (none) -> s)"),
    ({"type": "ShedLoad", "shedLoad": {"key": "k", "percent": 30}}, "30", "shed load (k: (none) -> 30)"),
)
each_action = pytest.mark.parametrize(("permitted", "value", "says"), ALL, ids=[each["type"] for each, _, _ in ALL])


def of(listed: str = "k", **more: Any) -> Target:
    """A ConfigMap of which these keys may be changed."""
    made = {**config_map("it"), **more}
    return target_of(placed({**made, "metadata": {"name": "it", "annotations": noted(writable_keys=listed)}}))


@each_action
def test_one_key_is_set_and_the_others_are_left(permitted: Manifest, value: str, says: str) -> None:
    kind, target = KINDS[permitted["type"]], of()
    action = fixed(permitted, target)
    assert kind.objection(action, target) is None
    (change,) = kind.changes(action, target)
    assert (change.path, change.before, change.after) == ("/data/k", None, f'"{value}"')
    assert kind.describe(action, target) == says


@each_action
def test_what_the_owner_does_not_let_be_changed_is_not(permitted: Manifest, value: str, says: str) -> None:
    kind = KINDS[permitted["type"]]
    refused = {
        "lists other": of("other"),
        "lists nothing": of(""),
        "is immutable": of(immutable=True),
        "holds binary data": of(binaryData={"k": "AA=="}),
        "more than the 32768 characters": of(data={"k": "x" * 40_000}),
    }
    for why, target in refused.items():
        assert why in str(kind.objection(fixed(permitted, target), target))


def test_the_share_that_is_shed_is_traffic() -> None:
    permitted = ALL[3][0]
    assert KINDS["ShedLoad"].traffic(fixed(permitted, of()), of()) == 30
    assert KINDS["SetConfig"].traffic(fixed(ALL[0][0], of()), of()) is None
