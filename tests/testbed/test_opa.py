"""OPA is a real one, and its outages too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from testbed.opa import Opa, policy_files, start_opa
from testbed.process import StartFailedError
from testbed.run import Run

POLICY = "package greeting\n\ndefault allow := false\n\nallow if input.name == {name}\n"


@pytest.fixture
def run() -> Iterator[Run]:
    with Run() as run:
        yield run


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "greeting.rego").write_text(POLICY.replace("{name}", '"alice"'))
    (folder / "greeting_test.rego").write_text("package greeting_test\n\ntest_nothing if false\n")
    (folder / "input.schema.json").write_text('{"type": "object"}')
    return folder


def allows(opa: Opa, name: str) -> bool:
    answer = requests.post(f"{opa.url}/v1/data/greeting/allow", json={"input": {"name": name}}, timeout=1)
    answer.raise_for_status()
    return bool(answer.json()["result"])


def test_a_policy_is_asked_and_answers(run: Run, policies: Path) -> None:
    opa = start_opa(run, policies)
    assert allows(opa, "alice")
    assert not allows(opa, "bob")


def test_an_outage_is_one_and_ends_at_the_same_address(run: Run, policies: Path) -> None:
    opa = start_opa(run, policies)
    opa.service.stop()
    with pytest.raises(requests.ConnectionError):
        allows(opa, "alice")
    opa.service.start()
    assert allows(opa, "alice")


def test_a_paused_opa_is_slow_rather_than_gone(run: Run, policies: Path) -> None:
    opa = start_opa(run, policies)
    opa.service.process.pause()
    with pytest.raises(requests.ReadTimeout):
        allows(opa, "alice")
    opa.service.process.resume()
    assert allows(opa, "alice")


def test_tests_and_schemas_are_not_served_as_policies(policies: Path) -> None:
    assert [file.name for file in policy_files(policies)] == ["greeting.rego"]


def test_a_folder_without_policies_is_refused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \.rego file under"):
        start_opa(run, tmp_path)


def test_a_policy_that_does_not_compile_is_shown_with_its_line(run: Run, policies: Path) -> None:
    (policies / "broken.rego").write_text("package broken\n\nallow if nonsense(1)\n")
    with pytest.raises(StartFailedError, match=r"opa ended with code(.|\n)*broken\.rego:3"):
        start_opa(run, policies)
