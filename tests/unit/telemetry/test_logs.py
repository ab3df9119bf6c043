"""What a log line is."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import structlog

from autonomic.adapters.telemetry.logs import LogJournal, set_up_logs
from autonomic.domain.findings import Fact
from autonomic.domain.meta import ObjectRef

PLAN = ObjectRef(api_version="v1", kind="AdaptationPlan", name="scale-up", namespace="shop")


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """The set-up of logging belongs to the whole process: each test gives it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.getLogger("autonomic").setLevel(logging.NOTSET)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_a_fact_is_one_line_with_a_constant_message_and_its_fields() -> None:
    stream = io.StringIO()
    set_up_logs("INFO", "json", stream)
    await LogJournal().record(
        Fact("PlanDenied", PLAN, "a RedLine\nforbids it", warning=True, fields={"phase": "Denied"})
    )
    (line,) = lines(stream)
    assert datetime.fromisoformat(line.pop("at")).tzinfo
    assert line == {
        "event": "PlanDenied",
        "level": "warning",
        "logger": "autonomic.facts",
        "kind": "AdaptationPlan",
        "namespace": "shop",
        "name": "scale-up",
        "message": "a RedLine\nforbids it",
        "fields": {"phase": "Denied"},
    }


async def test_a_fact_about_a_cluster_scoped_object_has_no_namespace() -> None:
    stream = io.StringIO()
    set_up_logs("INFO", "json", stream)
    await LogJournal().record(Fact("Said", ObjectRef(api_version="v1", kind="RedLine", name="default"), "so"))
    assert "namespace" not in lines(stream)[0]


async def test_no_field_of_a_fact_hides_what_it_is_about_or_breaks_the_line() -> None:
    stream = io.StringIO()
    set_up_logs("INFO", "json", stream)
    await LogJournal().record(Fact("Said", PLAN, "so", fields={"name": "other", "event": "other", "level": "other"}))
    (line,) = lines(stream)
    assert (line["event"], line["name"], line["level"]) == ("Said", "scale-up", "info")


async def test_facts_below_the_chosen_level_are_left_out() -> None:
    stream = io.StringIO()
    set_up_logs("WARNING", "json", stream)
    await LogJournal().record(Fact("Usual", PLAN, "nothing to see"))
    await LogJournal().record(Fact("Grave", PLAN, "look", warning=True))
    assert [line["event"] for line in lines(stream)] == ["Grave"]


def test_libraries_write_the_same_lines_and_only_their_warnings() -> None:
    stream = io.StringIO()
    set_up_logs("DEBUG", "json", stream)
    logging.getLogger("kopf.objects").info("Handler succeeded")
    logging.getLogger("uvicorn.error").error("it broke on %s", "Monday")
    (line,) = lines(stream)
    assert (line["event"], line["level"], line["logger"]) == ("it broke on Monday", "error", "uvicorn.error")


def test_a_stack_trace_is_a_field_of_its_line() -> None:
    stream = io.StringIO()
    set_up_logs("INFO", "json", stream)
    try:
        raise ZeroDivisionError("of a plan")
    except ZeroDivisionError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = lines(stream)
    assert "ZeroDivisionError: of a plan" in line["exception"]


async def test_for_people_a_line_is_plain_text() -> None:
    stream = io.StringIO()
    set_up_logs("INFO", "console", stream)
    await LogJournal().record(Fact("PlanCreated", PLAN, "because it burns"))
    assert "PlanCreated" in stream.getvalue()
    assert "because it burns" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
