"""`autonomic slo import` and `export` as somebody who types them meets them."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from autonomic import cli
from autonomic.openslo.text import dump
from tests.unit.domain.specimens import contract_raw, objective
from tests.unit.openslo.papers import slo


def autonomic(*arguments: str, stdin: str = "") -> Result:
    """What `autonomic slo` printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=lambda _: None), ["slo", *arguments], input=stdin)


@pytest.fixture
def document(tmp_path: Path) -> str:
    """A file with an SLO that has an equivalent for everything."""
    file = tmp_path / "slo.yaml"
    file.write_text(dump([slo()]))
    return str(file)


@pytest.fixture
def contracts(tmp_path: Path) -> str:
    """A file with a contract of two objectives, one of which has no equivalent."""
    odd = objective(name="odd", indicator={"composite": [{"objective": "success"}]})
    file = tmp_path / "contract.yaml"
    file.write_text(yaml.safe_dump(contract_raw(objectives=[objective(), odd], adaptations=[])))
    return str(file)


def test_import_prints_a_contract_and_nothing_else(document: str) -> None:
    result = autonomic("import", document, "--target", "deployment/agent", "-n", "shop", "--strict")
    assert result.exit_code == 0
    assert result.stderr == ""
    printed = yaml.safe_load(result.stdout)
    assert (printed["kind"], printed["metadata"]["namespace"]) == ("SLAContract", "shop")


def test_import_writes_a_file_for_each_contract(document: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    result = autonomic("import", document, "--target", "deployment/agent", "--namespace", "shop", "--out", str(out))
    assert (result.exit_code, result.stdout) == (0, "")
    assert [file.name for file in out.iterdir()] == ["shop.web.yaml"]
    assert yaml.safe_load((out / "shop.web.yaml").read_text())["metadata"]["name"] == "web"


def test_a_file_may_come_from_the_standard_input() -> None:
    result = autonomic("import", "-", "--target", "deployment/agent", stdin=dump([slo()]))
    assert result.exit_code == 0
    wrong = autonomic("import", "-", "--target", "deployment/agent", stdin="a: [")
    assert wrong.stderr.startswith("standard input: line 1: not YAML")


def test_what_has_no_equivalent_is_named_beside_the_contract(tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(dump([slo(novelty=1)]))
    result = autonomic("import", str(file), "--target", "deployment/agent")
    assert result.exit_code == 0
    assert result.stderr == (
        f"{file}: document 1 (line 1, SLO web): spec.novelty: 1: has no equivalent in a contract and is left out\n"
    )
    strict = autonomic("import", str(file), "--target", "deployment/agent", "--strict")
    assert strict.exit_code == 1
    assert strict.stdout == result.stdout
    assert strict.stderr == f"{result.stderr}1 without an equivalent, named above\n"


def test_an_import_that_makes_no_contract_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "slo.yaml"
    file.write_text(
        dump([slo(timeWindow=[{"duration": "2M", "calendar": {"startTime": "2024-01-01", "timeZone": "UTC"}}])])
    )
    result = autonomic("import", str(file), "--target", "deployment/agent")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "spec.timeWindow[0].calendar" in result.stderr
    assert result.stderr.endswith("no contract was made: the files hold no SLO that could be converted\n")


@pytest.mark.parametrize("command", ["import", "export"])
def test_a_file_that_is_not_there_or_no_text_is_a_mistake(command: str, tmp_path: Path) -> None:
    gone = autonomic(command, str(tmp_path / "gone.yaml"))
    assert (gone.exit_code, gone.stderr) == (2, f"{tmp_path}/gone.yaml: No such file or directory\n")
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00")
    odd = autonomic(command, str(tmp_path / "odd.yaml"))
    assert (odd.exit_code, "not text in UTF-8" in odd.stderr) == (2, True)


def test_a_wrong_document_is_a_mistake_without_a_stack_trace(document: str) -> None:
    result = autonomic("import", document)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"{document}: document 1 (line 1, SLO web): names no workload: give --target")
    assert "Traceback" not in result.output


def test_export_prints_an_slo_for_each_objective_and_names_the_others(contracts: str) -> None:
    result = autonomic("export", contracts)
    assert result.exit_code == 0
    assert [each["metadata"]["name"] for each in yaml.safe_load_all(result.stdout)] == ["agent-success"]
    assert result.stderr.startswith("SLAContract shop/agent: spec.objectives[odd].indicator: ")
    assert autonomic("export", contracts, "--strict").exit_code == 1


def test_what_export_prints_import_reads(contracts: str, tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"
    out.write_text(autonomic("export", contracts).stdout)
    result = autonomic("import", str(out), "--strict")
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout)["spec"]["objectives"] == [objective() | {"budgeting": "Occurrences"}]


def test_export_reads_a_list_as_kubectl_prints_it(contracts: str, tmp_path: Path) -> None:
    listed = tmp_path / "list.yaml"
    item = yaml.safe_load(Path(contracts).read_text())
    listed.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "List", "items": [item]}))
    assert autonomic("export", str(listed)).stdout == autonomic("export", contracts).stdout


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "kind: Deployment\n",
            "line 1: is no SLAContract of autonomic.maestro.dev/v1alpha1 but Deployment: leave it out",
        ),
        ("just words\n", "line 1: is no SLAContract of autonomic.maestro.dev/v1alpha1 but no object: leave it out"),
        (dump([contract_raw(tier="Lead")]), "line 1: spec.tier: Input should be 'Gold', 'Silver' or 'Bronze'"),
    ],
)
def test_what_is_no_contract_is_a_mistake_with_its_line(content: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text(content)
    result = autonomic("export", str(file))
    assert (result.exit_code, result.stderr) == (2, f"{file}: {expected}\n")


def test_an_export_that_makes_no_document_is_a_fault(tmp_path: Path) -> None:
    odd = objective(indicator={"composite": [{"objective": "success"}]})
    file = tmp_path / "contract.yaml"
    file.write_text(dump([contract_raw(objectives=[odd], adaptations=[])]))
    result = autonomic("export", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no document was made" in result.stderr
