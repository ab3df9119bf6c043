"""Whatever is done to a journal afterwards is found, and the first wrong record is named."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autonomic.domain.audit.chain import Reading, against, examine
from autonomic.domain.audit.record import Entry, Head, read, write
from tests.unit.journal.journals import NOW, lived


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A journal of three lives: eleven records."""
    path = tmp_path_factory.mktemp("journal") / "journal"
    for kinds in (["A", "B", "C"], ["D"], ["E", "F", "G", "H"]):
        asyncio.run(lived(path, kinds))
    return path.read_bytes()


@pytest.fixture(scope="module")
def head(content: bytes) -> Head:
    """The head that the last life left."""
    return examine(content).heads[-1]


def found(content: bytes, head: Head) -> bool:
    """Whether anything is found wrong."""
    reading = examine(content)
    return reading.fault is not None or against([reading], head) is not None


def test_a_journal_that_nobody_touched_is_whole(content: bytes, head: Head) -> None:
    reading = examine(content)
    assert (reading.fault, [place.seq for place in reading.heads]) == (None, list(range(1, 12)))
    assert against([reading], head) is None
    assert all(against([reading], place) is None for place in reading.heads)


@given(data=st.data())
def test_an_edit_of_any_single_byte_is_found(content: bytes, head: Head, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda value: value != content[at]))
    assert found(content[:at] + bytes([value]) + content[at + 1 :], head)


@given(data=st.data())
def test_a_byte_that_is_added_or_taken_away_is_found(content: bytes, head: Head, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(content) - 1))
    assert found(content[:at] + content[at + 1 :], head)
    added = bytes([data.draw(st.integers(0, 255))])
    assert found(content[:at] + added + content[at:], head)


def test_a_bit_that_is_flipped_anywhere_is_found(content: bytes, head: Head) -> None:
    for at in range(len(content)):
        assert found(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], head), at


def _lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


@pytest.mark.parametrize("at", range(11))
def test_any_line_that_is_taken_away_is_found(content: bytes, head: Head, at: int) -> None:
    lines = _lines(content)
    assert found(b"".join(lines[:at] + lines[at + 1 :]), head)


@pytest.mark.parametrize("at", range(11))
@pytest.mark.parametrize("to", range(11))
def test_any_line_that_is_there_twice_is_found(content: bytes, head: Head, at: int, to: int) -> None:
    lines = _lines(content)
    lines.insert(to, lines[at])
    assert found(b"".join(lines), head)


@pytest.mark.parametrize("at", range(11))
@pytest.mark.parametrize("other", range(11))
def test_any_two_lines_that_are_swapped_are_found(content: bytes, head: Head, at: int, other: int) -> None:
    lines = _lines(content)
    lines[at], lines[other] = lines[other], lines[at]
    assert found(b"".join(lines), head) == (at != other)


@given(st.data())
def test_any_stretch_that_is_cut_out_is_found(content: bytes, head: Head, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    assert found(content[:start] + content[end:], head)


def test_a_record_that_was_forged_with_a_true_hash_is_found_by_the_one_after_it(content: bytes, head: Head) -> None:
    lines = _lines(content)
    before = read(lines[1][:-1])
    forged, _ = write(Entry("C", "AdaptationPlan shop/agent", {"forged": True}), before.head, NOW)
    reading = examine(b"".join([*lines[:2], forged, *lines[3:]]))
    assert reading.fault
    assert (reading.fault.what, reading.fault.line) == ("Replaced", 4)


def test_a_forged_end_is_found_by_the_head(content: bytes, head: Head) -> None:
    lines = _lines(content)
    before = read(lines[-2][:-1])
    forged, _ = write(Entry("H", "AdaptationPlan shop/agent", {"forged": True}), before.head, NOW)
    reading = examine(b"".join([*lines[:-1], forged]))
    assert reading.fault is None
    fault = against([reading], head)
    assert fault
    assert fault.what == "Replaced"


Change = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("change", "what", "line", "said"),
    [
        (lambda lines: [lines[0], *lines[2:]], "Missing", 2, "record 2 is missing"),
        (lambda lines: lines[:1] + lines[3:], "Missing", 2, "records 2 to 3 are missing"),
        (lambda lines: lines[1:], "Cut", 1, "begins with record 2"),
        (lambda lines: lines[4:], "Missing", 1, "written after record 4"),
        (lambda lines: [*lines[:6], lines[7], lines[6], *lines[8:]], "Reordered", 7, "record 8 stands after record 6"),
        (lambda lines: [*lines[:3], lines[1], *lines[3:]], "Inserted", 4, "record 2 is there twice"),
        (
            lambda lines: [*lines[:2], lines[2].replace(b'"B"', b'"X"'), *lines[3:]],
            "Edited",
            3,
            "does not have the hash",
        ),
        (lambda lines: [*lines[:2], b" " + lines[2], *lines[3:]], "Edited", 3, "form of a record"),
        (lambda lines: [*lines[:-1], lines[-1][:40]], "Torn", 11, "the beginning of a record"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], "Torn", 11, "without its end"),
    ],
)
def test_the_first_wrong_record_is_named_with_what_is_wrong(
    content: bytes, change: Change, what: str, line: int, said: str
) -> None:
    fault = examine(b"".join(change(_lines(content)))).fault
    assert fault
    assert (fault.what, fault.line) == (what, line)
    assert said in fault.message


def test_a_cut_end_is_found_by_the_head_alone(content: bytes, head: Head) -> None:
    reading = examine(b"".join(_lines(content)[:-3]))
    assert reading.fault is None
    fault = against([reading], head)
    assert fault
    assert (fault.what, fault.message) == (
        "Cut",
        "it ends with record 8, and the head is record 11: the end was cut off",
    )


def test_an_empty_journal_is_cut_where_there_is_a_head(head: Head) -> None:
    assert examine(b"") == Reading((), ())
    assert found(b"", head)


@pytest.mark.parametrize("text", ["", "1", "1:sha256:ab", "01:sha256:" + "0" * 64, "9" * 20 + ":sha256:" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SEQ:sha256:HEX"):
        Head.parse(text)
