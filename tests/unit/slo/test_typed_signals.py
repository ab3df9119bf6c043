"""Signals by type: every entry of the catalogue makes a measure, and takes what it needs and nothing else."""

from typing import Any

import promql_parser
import pytest

from autonomic.domain.borders import bound_of
from autonomic.domain.errors import Invalid
from autonomic.domain.signals.catalogue import SIGNALS
from autonomic.domain.signals.shapes import Distribution, Level, Ratio, Signal
from autonomic.slo.measures import Events, Gauge, Increase, Latest
from tests.unit.slo.test_indicators import SLICED, counter, events, measured


def given_for(entry: Signal) -> tuple[dict[str, Any], dict[str, Any]]:
    """A contract's words for an entry: what it needs and nothing else."""
    labels = ",".join(f'{label}="some"' for label in entry.narrow_by or ("app",))
    given: dict[str, Any] = {"type": entry.type, "source": entry.source, "selector": f"{{{labels}}}"}
    if isinstance(entry.shape, Level):
        return given | {"value": "5"}, SLICED
    if isinstance(entry.shape, Distribution):
        return given | ({"threshold": "1s"} if entry.shape.of_time else {"value": "4096"}), {}
    return given, {}


@pytest.mark.parametrize("entry", SIGNALS, ids=lambda entry: f"{entry.type}-{entry.source}")
def test_every_entry_of_the_catalogue_makes_a_measure_of_what_it_needs(entry: Signal) -> None:
    given, more = given_for(entry)
    found = measured({"signal": given}, **more)
    assert isinstance(found, Gauge if isinstance(entry.shape, Level) else Events)
    terms = [found.value] if isinstance(found, Gauge) else [found.total, found.good or found.bad]
    for term in terms:
        assert isinstance(term, Increase | Latest)
        promql_parser.parse(str(term.selector))


@pytest.mark.parametrize("entry", SIGNALS, ids=lambda entry: f"{entry.type}-{entry.source}")
def test_an_entry_takes_what_it_needs_and_nothing_else(entry: Signal) -> None:
    given, more = given_for(entry)
    for name, value in (("threshold", "1s"), ("value", "5")):
        other = dict(given)
        if name in given:
            del other[name]
        else:
            other[name] = value
        with pytest.raises(Invalid, match=rf"^indicator\.signal\.{name}: "):
            measured({"signal": other}, **more)


def test_a_ratio_of_the_catalogue_is_narrowed_on_both_sides() -> None:
    found = events({"signal": {"type": "TaskFailureCount", "source": "Celery", "selector": '{name="index"}'}})
    assert found == Events(
        counter('celery_task_received_total{name="index"}'), bad=counter('celery_task_failed_total{name="index"}')
    )


def test_a_share_is_narrowed_on_the_good_side_alone() -> None:
    given = {"type": "LlmModelUsage", "source": "LiteLLM", "selector": '{requested_model="small"}'}
    total = "litellm_deployment_total_requests_total"
    assert events({"signal": given}) == Events(counter(total), good=counter(f'{total}{{requested_model="small"}}'))
    with pytest.raises(Invalid, match="is a share of all: say whose"):
        measured({"signal": given | {"selector": "{}"}})


def test_tokens_are_a_distribution_with_a_value() -> None:
    given = {"type": "LlmTokenCost", "source": "OpenTelemetry", "value": "4096"}
    found = events({"signal": given | {"selector": '{gen_ai_token_type="output"}'}})
    assert isinstance(found.good, Increase)
    assert bound_of(found.good.selector) == 4096


def test_a_signal_in_slices_needs_what_its_shape_needs() -> None:
    gauge = {"signal": {"type": "QueueDepth", "source": "Kafka", "value": "5"}}
    ratio = {"signal": {"type": "LlmErrorRate", "source": "LiteLLM"}}
    with pytest.raises(Invalid, match=r"^slices\.target: 95 means nothing for QueueDepth of Kafka"):
        measured(gauge, budgeting="Timeslices", slices={"target": "95"})
    with pytest.raises(Invalid, match=r"^slices\.target: LlmErrorRate of LiteLLM counts events"):
        measured(ratio, **SLICED)
    assert measured(ratio, budgeting="Timeslices", slices={"target": "95"})
    assert measured(ratio, budgeting="RatioTimeslices")
    with pytest.raises(Invalid, match=r"^budgeting: RatioTimeslices counts events"):
        measured(gauge, budgeting="RatioTimeslices")


def test_every_shape_is_in_the_catalogue() -> None:
    assert {type(entry.shape) for entry in SIGNALS} == {Ratio, Distribution, Level}
