"""The catalogue of signal types: every entry is sound, and what is not in it is refused with what is."""

import promql_parser
import pytest

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import matchers, selector
from autonomic.domain.signals.catalogue import PUSHED, SIGNALS
from autonomic.domain.signals.lookup import TYPES, signal, sources
from autonomic.domain.signals.shapes import Distribution, Level, Ratio, Signal

each_signal = pytest.mark.parametrize("entry", SIGNALS, ids=lambda entry: f"{entry.type}-{entry.source}")
FAMILIES = {
    "TaskLatency", "TaskSuccessRate", "TaskRetryCount", "TaskFailureCount", "LlmTokenCost", "LlmErrorRate",
    "LlmModelUsage", "CiBuildStatus", "MergeTrainQueueLength", "CpuUsage", "MemoryUsage", "DbLatency", "QueueDepth",
    "PolicyDenial",
}  # fmt: skip


def test_the_families_are_covered() -> None:
    assert set(TYPES) == FAMILIES


def test_a_type_and_a_source_name_one_entry() -> None:
    assert len({(each.type, each.source) for each in SIGNALS}) == len(SIGNALS)


def test_no_type_that_is_only_pushed_has_an_entry() -> None:
    assert not set(PUSHED) & set(TYPES)


@each_signal
def test_an_entry_is_found_by_its_names(entry: Signal) -> None:
    assert signal(entry.type, entry.source, "f") is entry
    assert entry.source in sources(entry.type)


@each_signal
def test_an_entry_is_written_in_plain_selectors(entry: Signal) -> None:
    for text in selectors(entry):
        assert isinstance(promql_parser.parse(str(selector(text, "f"))), promql_parser.VectorSelector)


def selectors(entry: Signal) -> list[str]:
    shape = entry.shape
    if isinstance(shape, Level):
        return [shape.gauge]
    if isinstance(shape, Distribution):
        return [f"{shape.histogram}{suffix}{shape.matchers}" for suffix in ("_bucket", "_count")]
    return [text for text in (shape.total, shape.good, shape.bad) if text]


@each_signal
def test_a_ratio_has_one_side_and_its_part_is_less_than_all(entry: Signal) -> None:
    if isinstance(entry.shape, Ratio):
        assert (entry.shape.good is None) != (entry.shape.bad is None)
        assert entry.shape.share == ((entry.shape.good or entry.shape.bad) == entry.shape.total)


@each_signal
def test_a_distribution_is_named_without_suffix_and_matches_no_bucket(entry: Signal) -> None:
    if isinstance(entry.shape, Distribution):
        assert not entry.shape.histogram.endswith(("_bucket", "_count", "_sum"))
        assert "le" not in {each.label for each in matchers(entry.shape.matchers, "f")}


@pytest.mark.parametrize(
    ("kind", "source", "words"),
    [
        (
            "QueueDept",
            "Kafka",
            "f.type: QueueDept is no type of signal, did you mean QueueDepth? Known: CiBuildStatus, ",
        ),
        ("Weather", "Kafka", "f.type: Weather is no type of signal. Known: CiBuildStatus, "),
        ("QueueDepth", "kafka", "f.source: kafka exports no QueueDepth that is known, did you mean Kafka? Known: "),
        ("DbLatency", "Oracle", "f.source: Oracle exports no DbLatency that is known. Known: OpenTelemetry"),
        ("SafetyFlag", "Maestro", "f.type: SafetyFlag comes only as pushed signals, which no metric holds"),
    ],
)
def test_what_is_unknown_is_refused_with_what_is_known(kind: str, source: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        signal(kind, source, "f")
    assert str(caught.value).startswith(words)
