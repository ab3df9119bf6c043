"""`autonomic slo rules`, as a person calls it."""

import subprocess
from pathlib import Path

import yaml
from typer.testing import CliRunner, Result

from autonomic.cli.app import app
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.programs.catalogue import PROMTOOL
from tests.unit.publishing.contracts import contract, objective

FREE = {"ratioQuery": {"bad": "sum(increase(bad[$window]))", "total": "sum(increase(all[$window]))"}}


def written(folder: Path, *objectives: dict[str, object], name: str = "agent") -> Path:
    """A file with a contract that names no namespace."""
    made = contract(*objectives, name=name)
    document = {
        "apiVersion": "autonomic.maestro.dev/v1alpha1",
        "kind": "SLAContract",
        "metadata": {"name": name},
        "spec": made.spec.wire(),
    }
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


def call(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app(lambda _: None), ["slo", "rules", *map(str, arguments)], input=stdin)


def test_a_rule_file_is_printed_that_promtool_accepts(tmp_path: Path) -> None:
    told = call(written(tmp_path, objective()), "-n", "shop")
    assert told.exit_code == 0, told.output
    (tmp_path / "rules.yaml").write_text(told.stdout)
    ensure_built([PROMTOOL])
    subprocess.run([str(program_path(PROMTOOL)), "check", "rules", str(tmp_path / "rules.yaml")], check=True)
    assert yaml.safe_load(told.stdout)["groups"][0]["name"] == "autonomic:shop:agent:success"


def test_kubernetes_objects_are_printed_where_they_are_wanted(tmp_path: Path) -> None:
    files = [written(tmp_path, objective(), name=name) for name in ("agent", "tools")]
    printed = list(yaml.safe_load_all(call(*files, "-o", "crd").stdout))
    assert [(each["kind"], each["metadata"]["name"]) for each in printed] == [
        ("PrometheusRule", "slo-agent"),
        ("PrometheusRule", "slo-tools"),
    ]
    assert "ownerReferences" not in printed[0]["metadata"]


def test_contracts_are_read_from_the_standard_input(tmp_path: Path) -> None:
    text = written(tmp_path, objective()).read_text()
    assert call("-", stdin=text).stdout == call(tmp_path / "agent.yaml").stdout


def test_the_tenants_label_is_added_to_every_selector(tmp_path: Path) -> None:
    told = call(written(tmp_path, objective()), "--tenant-label", "ns", "-n", "shop")
    assert 'rate(tasks_total{app="agent",ns="shop"}[5m])' in told.stdout


def test_whole_queries_need_leave(tmp_path: Path) -> None:
    file = written(tmp_path, objective(indicator=FREE))
    refused = call(file)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "whole queries are not allowed" in refused.stderr
    assert call(file, "--free-queries").exit_code == 0


def test_a_part_is_found_in_another_file_and_missed_without_it(tmp_path: Path) -> None:
    parts = {"composite": [{"objective": "tools/success"}]}
    whole, tools = written(tmp_path, objective("whole", indicator=parts)), written(tmp_path, objective(), name="tools")
    assert call(whole, tools).exit_code == 0
    alone = call(whole)
    assert alone.exit_code == 2
    assert "names tools/success, which is not among the contracts given" in alone.stderr


def test_what_rules_leave_out_is_named_beside_them(tmp_path: Path) -> None:
    told = call(written(tmp_path, objective(window={"calendar": {"unit": "Month"}})))
    assert told.exit_code == 0
    assert "a rule can't tell when a calendar Month began" in told.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = call(tmp_path / "none.yaml")
    assert told.exit_code == 2
    assert "none.yaml: No such file or directory" in told.stderr
