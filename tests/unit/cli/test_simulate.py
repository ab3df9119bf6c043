"""`autonomic simulate` as somebody who types it meets it: the examples, the answers, the mistakes."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from autonomic import cli
from tests.unit.simulate.scenes import OBJECTS

EXAMPLES = Path(__file__).parents[3] / "examples" / "simulate"
SHOP, INCIDENT, DOWN = (str(EXAMPLES / name) for name in ("shop.yaml", "incident.yaml", "provider-down.yaml"))


def simulate(*arguments: str, stdin: str = "") -> Result:
    """What `autonomic simulate` printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=lambda _: None), ["simulate", *arguments], input=stdin)


def test_the_example_says_what_would_be_done_refused_and_asked() -> None:
    result = simulate(SHOP, INCIDENT)
    assert result.exit_code == 0, result.output
    assert "Deny: RedLine ledger-connections: Deployment shop/billing-agent would have 6 replicas" in result.stdout
    assert "scale from 4 to 6 replicas on Deployment shop/triage-agent" in result.stdout
    assert "restart all pods on Deployment shop/review-agent" in result.stdout
    assert "no-policy-engine: no OPA is asked here, so a person decides" in result.stdout
    assert result.stdout.splitlines()[-1] == "3 plans would be made; 2 contracts were judged; nothing was written"


def test_an_incident_may_be_typed_instead_of_written() -> None:
    result = simulate(SHOP, "--error-ratio", "shop/triage-agent:task-success=9%", "--lasting", "1h", "-o", "json")
    assert result.exit_code == 0, result.output
    (plan,) = json.loads(result.stdout)["plans"]
    assert (plan["verdict"], plan["phase"]) == ("RequireApproval", "AwaitingApproval")


def test_without_a_redline_that_is_supposed_away_its_refusal_is_gone() -> None:
    keep = simulate(SHOP, INCIDENT, "-o", "json")
    gone = simulate(SHOP, INCIDENT, "--without", "RedLine/ledger-connections", "-o", "json")
    assert "ledger-connections" in keep.stdout
    assert json.loads(gone.stdout)["plans"] == []
    assert "there is no RedLine, so that nothing is more than observed" in json.loads(gone.stdout)["notes"]


def test_a_provider_that_is_down_gets_nothing_in_the_end() -> None:
    result = simulate(DOWN, "-o", "yaml")
    assert result.exit_code == 0, result.output
    shares = {each["candidate"]: each["desired"] for each in yaml.safe_load(result.stdout)["routes"]}
    assert shares == {"large": 0, "small": 1000}


def test_the_moment_is_taken_as_it_is_given() -> None:
    result = simulate(SHOP, INCIDENT, "--at", "2026-01-05T10:00:00Z", "-o", "json")
    assert json.loads(result.stdout)["at"] == "2026-01-05T10:00:00Z"


def test_policies_need_an_opa_to_evaluate_them_and_are_given_in_one_way(tmp_path: Path) -> None:
    rego = tmp_path / "calm.rego"
    rego.write_text('package autonomic.owners.calm\n\ndenials contains "never" if input.steps\n')
    nobody = simulate(SHOP, INCIDENT, "--policy", str(rego))
    assert (nobody.exit_code, "policies: nothing evaluates policies here: name the program" in nobody.stderr) == (
        2,
        True,
    )
    written = tmp_path / "supposed.yaml"
    policies = {"files": [{"name": rego.name, "rego": rego.read_text()}]}
    head = {"apiVersion": "autonomic.maestro.dev/v1alpha1", "kind": "Scenario"}
    written.write_text(yaml.safe_dump({**head, "policies": policies}))
    twice = simulate(SHOP, INCIDENT, str(written), "--policy", str(rego))
    assert (twice.exit_code, "leave out one of them" in twice.stderr) == (2, True)
    gone = simulate(SHOP, "--policy", str(tmp_path / "gone.rego"))
    assert (gone.exit_code, "gone.rego: No such file" in gone.stderr) == (2, True)


def test_objects_may_come_from_a_pipe_as_a_list() -> None:
    given = json.dumps({"apiVersion": "v1", "kind": "List", "items": OBJECTS})
    result = simulate("-", "--error-ratio", "*=10%", stdin=given)
    assert result.exit_code == 0, result.output
    assert "scale from 2 to 4 replicas" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nothing.yaml",), "nothing.yaml: No such file"),
        ((SHOP, "--error-ratio", "shop/triage-agent"), "write contract=share"),
        ((SHOP, "--error-ratio", "shop/triage-agent=300%"), "'300%' is no share"),
        ((SHOP, "--error-ratio", "shop/nobody=3%"), "there are shop/billing-agent, shop/triage-agent"),
        ((SHOP, "--down", "acme"), "there is no AdaptiveRoute"),
        ((SHOP, "--without", "RedLine/nothing"), "there is no RedLine nothing"),
        ((SHOP, "--at", "yesterday"), "at: "),
        ((SHOP, "--opa", "/nowhere/opa", "--policies", "policies"), "/nowhere/opa: it does not run"),
        ((SHOP, "--opa", "opa", "--policies", "crds"), "crds: no .rego file is there"),
        ((SHOP, "--policies", "policies"), "name its program with --opa"),
        ((SHOP, "--opa", "http://127.0.0.1:1", "--policies", "policies"), "has its own policies"),
    ],
)
def test_a_mistake_is_named_and_ends_with_2(
    arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES.parents[1])
    result = simulate(*arguments)
    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"figures": "all"}, "line 1: figures is no list but 'all'"),
        ({"figure": []}, "line 1: a Scenario has no figure: it has at, policies, figures"),
    ],
)
def test_a_scenario_that_is_none_is_named_with_its_line(tmp_path: Path, document: object, says: str) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(yaml.safe_dump({"apiVersion": "autonomic.maestro.dev/v1alpha1", "kind": "Scenario", **document}))  # type: ignore[dict-item]
    result = simulate(str(file))
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_field_of_an_object_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    wrong = {**OBJECTS[-1], "spec": {**OBJECTS[-1]["spec"], "tier": "Iron"}}
    file.write_text("# a comment\n" + yaml.safe_dump(wrong))
    result = simulate(str(file))
    assert result.exit_code == 2
    assert "line 2: spec.tier: " in result.stderr
    assert "it is 'Iron'" in result.stderr


def test_a_policy_engine_that_does_not_answer_ends_with_1() -> None:
    result = simulate(SHOP, INCIDENT, "--opa", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "OPA at http://127.0.0.1:1 did not answer" in result.stderr
