"""`autonomic slo show` as somebody who types it meets it."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from rich.console import Console
from typer.testing import CliRunner, Result

from autonomic import cli
from autonomic.api import Health, LayerView, build
from autonomic.cli.plan.options import Document
from autonomic.cli.slo.show import MistakeError, accounted, render
from autonomic.cli.slo.sources import Sources
from autonomic.domain.errors import Forbidden, Unavailable
from autonomic.ports.access import Caller
from autonomic.ports.cluster import Cluster
from autonomic.ports.memory.access import MemoryAccess
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.memory.cluster import MemoryCluster
from autonomic.ports.memory.metrics import MemoryMetrics
from autonomic.ports.metrics import Metrics
from autonomic.settings import Settings
from autonomic.slo.account import ContractAccount
from tests.unit.domain.specimens import contract, contract_raw, objective
from tests.unit.slo.judging import NOON, outage, view
from tests.unit.slo.traffic import Traffic

SETTINGS = Settings(ingestion_delay="1ms")
HALF_A_MINUTE = timedelta(seconds=30)
MONTH = {"calendar": {"unit": "Month", "timeZone": "Europe/Paris"}}


class Surroundings:
    """A cluster and a Prometheus in memory."""

    def __init__(self, traffic: Traffic | None = None) -> None:
        self.clock = ManualClock(NOON + HALF_A_MINUTE)
        self.cluster = MemoryCluster(self.clock)
        self.metrics = MemoryMetrics((traffic or outage()).answer)
        self.opened: list[str] = []

    @property
    def sources(self) -> Sources:
        """As the command reaches them."""
        return Sources(self._cluster, self._metrics, self.clock)

    async def account(self, name: str = "agent", file: str | None = None) -> ContractAccount:
        """What would be shown."""
        return await accounted(self.sources, SETTINGS, name, "shop", file)

    @asynccontextmanager
    async def _cluster(self, _: Settings) -> AsyncIterator[Cluster]:
        self.opened.append("cluster")
        yield self.cluster

    @asynccontextmanager
    async def _metrics(self, _: Settings) -> AsyncIterator[Metrics]:
        self.opened.append("metrics")
        yield self.metrics


@pytest.fixture
def here() -> Surroundings:
    return Surroundings()


def file_with(tmp_path: Path, *raws: dict[str, Any]) -> str:
    """A file with these contracts."""
    path = tmp_path / "contracts.yaml"
    path.write_text(yaml.safe_dump_all(raws))
    return str(path)


def drawn(found: ContractAccount, width: int = 80) -> str:
    """The drawing on a terminal of that width, without colour."""
    out = io.StringIO()
    render(found, Document.TEXT, Console(file=out, width=width, highlight=False, markup=False, color_system=None))
    return out.getvalue()


def autonomic(*arguments: str, **environment: str) -> Result:
    """What `autonomic slo show` printed, and its exit code."""
    command = cli.app(run=lambda _: None)
    return CliRunner(env={"KUBECONFIG": "", **environment}).invoke(command, ["slo", "show", *arguments])


async def test_a_contract_of_the_cluster_is_drawn_with_all_that_its_figures_rest_on(here: Surroundings) -> None:
    await here.cluster.create(contract_raw())
    text = drawn(await here.account())
    assert "shop/agent   Silver   Deployment/agent   evaluated 2025-06-18 12:00 UTC" in text
    assert "success: 99.5% over 28d, Exact" in text
    assert "600 bad of 4,032,000; 20,160 may be bad in this period" in text
    assert "97.0% left" in text
    assert [line.split() for line in text.splitlines() if line.startswith("Breach")] == [
        ["Breach", "1h", "0.0", "5m", "0.0", "14.4", "no"]
    ]


async def test_no_line_is_wider_than_a_terminal_of_80_columns(here: Surroundings) -> None:
    objectives = [objective(), objective(name="month", window=MONTH), objective(name="odd", groupBy=["tenant"])]
    await here.cluster.create(contract_raw(objectives=objectives))
    found = await here.account()
    assert max(len(line) for line in drawn(found).splitlines()) <= 80
    assert max(len(line) for line in drawn(found, width=200).splitlines()) <= 100


async def test_the_plot_falls_where_the_budget_was_spent_and_its_axes_are_dated(tmp_path: Path) -> None:
    # From 10:00 to 11:00 an hour of 100 tasks a minute of which 10 fail: half of 10 h x 6,000 x 2 %.
    spec = [objective(target="98", window={"rolling": "10h"}, alerting=_FIFTEEN)]
    here = Surroundings()
    text = drawn(await here.account(file=file_with(tmp_path, contract_raw(objectives=spec))))
    rows = [line for line in text.splitlines() if "│" in line]
    assert rows[0].startswith("  100% │⠉") and rows[-1].startswith("    0% │")
    assert "50.0% left" in text
    ticks = next(line for line in text.splitlines() if line.strip().startswith("02:00")).split()
    assert ticks == ["02:00", "04:30", "07:00", "09:30", "12:00"]
    # The line stays at the top until 10:00, four fifths of the way, and is at half height at the end.
    top, middle = rows[0].partition("│")[2], rows[5].partition("│")[2]
    assert 0.75 < (len(top.rstrip("·")) / 72) < 0.85
    assert middle.rstrip()[-1] not in " ·┄"
    # Beside it the budget as it would be, were it spent evenly: below the line, from the left at the top to the right at 0.
    even = [row.partition("│")[2].find("·") for row in rows]
    assert even[1:] == sorted(even[1:])
    assert even[-1] > 60


_FIFTEEN = {"windows": [{"long": "1h", "short": "5m", "factor": "10", "level": "Breach"}]}


async def test_a_budget_that_is_exhausted_says_by_how_much_and_shows_the_zero_line(here: Surroundings) -> None:
    await here.cluster.create(contract_raw(objectives=[objective(window={"rolling": "10h"})]))
    text = drawn(await here.account())
    assert "alert Exhausted" in text
    assert "The budget is exhausted: 300 more were bad than may be." in text
    assert "-100.0% left" in text
    assert "0% │" in text and "┄" in text


async def test_what_is_left_at_the_present_rate_is_said_in_words() -> None:
    here = Surroundings()
    await here.cluster.create(contract_raw())
    here.clock = ManualClock(NOON.replace(hour=11) + HALF_A_MINUTE)
    # Burning 20 times as fast as 28 d allow, 1 - 1/33.6 of the budget lasts 28 d x 0.97 / 20.
    assert "At this rate nothing is left in 1 day 8 hours: 2025-06-19 19:36 UTC." in drawn(await here.account())


async def test_what_is_unknown_says_why_and_draws_nothing(here: Surroundings) -> None:
    await here.cluster.create(contract_raw())
    here.metrics = MemoryMetrics({})
    text = drawn(await here.account())
    assert "Unknown: NoData: Prometheus has no sample of the total in the last 5m" in text
    assert "│" not in text


async def test_json_is_what_the_api_gives(here: Surroundings) -> None:
    await here.cluster.create(contract_raw())
    found, out = await here.account(), io.StringIO()
    render(found, Document.JSON, Console(file=out))

    async def same(_: object) -> ContractAccount:
        return found

    layer = LayerView(lambda: view(contract()), lambda _: None, lambda: None, same, _nothing)
    caller = Caller("a", "1", ())
    access = MemoryAccess({"token": caller}, [("a", "get", "slacontracts", None)])
    app = build(layer, access, Health(lambda: None, _no_page))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://operator") as client:
        answer = await client.get("/autonomic/slo/shop/agent", headers={"Authorization": "Bearer token"})
    assert answer.status_code == 200
    assert json.loads(out.getvalue()) == answer.json()


async def _nothing() -> None:
    return None


async def _no_page(_: str) -> tuple[bytes, str]:
    return b"", ""


async def test_a_contract_in_a_file_needs_no_cluster(here: Surroundings, tmp_path: Path) -> None:
    found = await here.account(file=file_with(tmp_path, contract_raw()))
    assert found.objectives[0].counted
    assert here.opened == ["metrics"]


async def test_the_parts_of_a_composite_are_found_beside_it(here: Surroundings) -> None:
    mixed = [objective(indicator={"composite": [{"objective": "agent/success"}, {"objective": "b/success"}]})]
    for raw in (contract_raw(), contract_raw("b"), contract_raw("mixed", objectives=mixed)):
        await here.cluster.create(raw)
    found = await here.account("mixed")
    assert found.objectives[0].budget_remaining == "97.0%"


async def test_a_contract_that_is_not_there_is_a_mistake(here: Surroundings, tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match="give --namespace"):
        await here.account()
    with pytest.raises(MistakeError, match="there is no SLAContract shop/other; there: shop/agent"):
        await here.account("other", file_with(tmp_path, contract_raw()))


async def test_an_indicator_that_can_not_work_is_a_mistake_that_is_named(here: Surroundings) -> None:
    same = {"ratio": {"bad": "tasks_total", "total": "tasks_total"}}
    await here.cluster.create(contract_raw(objectives=[objective(indicator=same)]))
    with pytest.raises(MistakeError, match=r"shop/agent: indicator\.ratio\.bad: tasks_total is the same as total"):
        await here.account()


@pytest.mark.parametrize("error", [Unavailable("no answer"), Forbidden("you may not read it")])
async def test_a_cluster_that_does_not_tell_is_no_mistake_of_the_user(
    here: Surroundings, error: Unavailable | Forbidden
) -> None:
    here.cluster.fail_next("get", error)
    with pytest.raises(type(error), match=str(error)):
        await here.account()


def test_where_nothing_can_be_asked_the_command_ends_with_1(tmp_path: Path) -> None:
    contracts = file_with(tmp_path, contract_raw())
    silent = autonomic("agent", "-n", "shop", "-f", contracts, "--prometheus", "http://127.0.0.1:9")
    assert (silent.exit_code, silent.stdout) == (1, "")
    assert "127.0.0.1:9" in silent.stderr
    assert "Traceback" not in silent.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("agent", "-f", "nowhere.yaml"), "nowhere.yaml: No such file"),
        (("agent", "-f", "{file}"), "there is no SLAContract default/agent; there: shop/agent"),
        (("agent", "-f", "{file}", "--prometheus", "ftp://x"), "AUTONOMIC_PROMETHEUS_URL is 'ftp://x'"),
    ],
)
def test_a_mistake_ends_with_2_and_the_way_out(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    contracts = file_with(tmp_path, contract_raw())
    result = autonomic(*(each.format(file=contracts) for each in arguments))
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
