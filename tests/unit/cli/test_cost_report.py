"""`autonomic cost report`, over a cluster in memory."""

import asyncio
import json

import pytest
import yaml
from typer.testing import CliRunner, Result

from autonomic.cli.app import app
from autonomic.cli.plan.person import Desk
from tests.unit.cli.plan.desk import Room
from tests.unit.cost.saving_plans import finished, plan_parts
from tests.unit.domain.cost_specimens import budget, budget_raw
from tests.unit.domain.specimens import NOW


class Office(Room):
    """The whole command line over that cluster."""

    def ask(self, *arguments: str) -> Result:
        """What `autonomic cost report ARGUMENTS` printed."""
        at = Desk(self._reach, lambda: NOW)
        return CliRunner(env={"COLUMNS": "200"}).invoke(app(lambda _: None), ["cost", "report", *arguments], obj=at)


@pytest.fixture
def office() -> Office:
    made = Office()
    asyncio.run(made.furnish(budget_raw()))
    told = {"status": {"spent": "92%", "level": "Downgrade", "forecast": "130.00 USD"}}
    asyncio.run(made.person.memory.patch_status(budget().ref, told))
    asyncio.run(made.plan("waits", **plan_parts()))
    asyncio.run(made.plan("done", finished("Succeeded", "9.1"), **plan_parts("10")))
    return made


def test_the_table_has_spend_level_and_savings(office: Office) -> None:
    answer = office.ask()
    assert answer.exit_code == 0, answer.output
    head, row = answer.stdout.splitlines()
    columns = "BUDGET LEVEL SPENT AMOUNT LIMIT PER EXHAUSTED PROPOSED TAKEN REALISED SAVED"
    assert head.split() == columns.split()
    for shown in (
        "team",
        "Downgrade",
        "92%",
        "12.50 USD a day (1)",
        "10.00 USD a day (1)",
        "9.10 USD a day (1)",
        "0.38 USD",
    ):
        assert shown in row
    assert "130.00 USD" in office.ask("-o", "wide").stdout


def test_json_and_yaml_are_what_the_api_gives(office: Office) -> None:
    given = json.loads(office.ask("-o", "json").stdout)
    assert yaml.safe_load(office.ask("-o", "yaml").stdout) == given
    assert given["total"] == 1
    assert given["items"][0]["proposed"] == {"plans": 1, "daily": "12.50 USD", "unknown": 0}


def test_where_there_is_no_budget_that_is_said(office: Office) -> None:
    assert "there is no CostBudget: give its namespace with -n, or -A" in office.ask("-n", "lab").stdout
    assert "team" in office.ask("-A").stdout
