"""`autonomic audit verify` as somebody who types it meets it."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from autonomic import cli
from tests.unit.journal.journals import lived


def verify(*arguments: str, given: bytes = b"") -> Result:
    """What it printed, and its exit code."""
    return CliRunner().invoke(cli.app(run=lambda _: None), ["audit", "verify", *arguments], input=given)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal"
    asyncio.run(lived(path, ["A", "B", "C"]))
    return path


def test_a_whole_journal_ends_with_0_and_says_how_far_it_goes(journal: Path) -> None:
    result = verify(str(journal))
    assert (result.exit_code, f"{journal}: 4 records, 1 to 4: whole; its head is 4:sha256:" in result.stdout) == (
        0,
        True,
    )
    assert verify("-", given=journal.read_bytes()).stdout.startswith("-: 4 records, 1 to 4: whole")


def test_the_head_that_is_given_is_looked_for(journal: Path) -> None:
    lines = journal.read_bytes().splitlines(keepends=True)
    head = str(asyncio.run(lived(journal, ["D"])))
    assert verify(str(journal), "--head", head).exit_code == 0
    journal.write_bytes(b"".join(lines))
    cut = verify(str(journal), "--head", head)
    assert (cut.exit_code, "Cut: it ends with record 4, and the head is record 6" in cut.stdout) == (1, True)


def test_a_wrong_record_ends_with_1_and_is_named(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes().replace(b'"B"', b'"X"'))
    result = verify(str(journal))
    assert result.exit_code == 1
    assert f"{journal}: line 3: Edited: it is not a record as it was written" in result.stdout
    assert f"{journal}: 2 records, 1 to 2 before it are whole" in result.stdout


def test_journals_of_two_replicas_are_one_chain(journal: Path, tmp_path: Path) -> None:
    left = asyncio.run(lived(journal, ["D"]))
    last = asyncio.run(lived(tmp_path / "other", ["E"], published=left))
    together = verify(str(journal), str(tmp_path / "other"), "--head", str(last))
    assert (together.exit_code, "goes on after" in together.stdout) == (0, False)
    alone = verify(str(tmp_path / "other"))
    assert (alone.exit_code, "goes on after record 6 of a journal that was not given" in alone.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nowhere",), 3, "nowhere: No such file"),
        (("{journal}", "--head", "17"), 2, "SEQ:sha256:HEX"),
        (("{journal}", "--head", "cluster", "--kubeconfig", "/no/such/file"), 5, "set KUBECONFIG"),
    ],
)
def test_a_mistake_has_its_code(journal: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    result = verify(*(each.format(journal=journal) for each in arguments))
    assert (result.exit_code, said in result.stderr) == (code, True)
