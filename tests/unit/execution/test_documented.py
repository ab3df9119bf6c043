"""Every action is documented, and every example in the documentation is one that a contract could hold."""

import re
from pathlib import Path

import pytest
import yaml

from autonomic.domain.actions import PermittedAction

TEXT = (Path(__file__).parents[3] / "docs" / "actions.md").read_text()
EXAMPLES = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.partition("\n")[0])
def test_an_example_is_an_action(example: str) -> None:
    PermittedAction.model_validate(yaml.safe_load(example))


def test_every_action_has_an_example_and_a_row() -> None:
    shown = {yaml.safe_load(example)["type"] for example in EXAMPLES}
    assert shown == set(PermittedAction.types())
    rows = {name for line in re.findall(r"^\| ([A-Z].*?) \|", TEXT, re.MULTILINE) for name in line.split(", ")}
    assert shown <= rows
