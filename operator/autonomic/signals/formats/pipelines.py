"""CDEvents over CloudEvents: runs of pipelines, tasks and test suites that ended."""

import re

import msgspec

from autonomic.signals.formats.measures import UNREADABLE, Measure
from autonomic.signals.refusal import Reason, Refused

FINISHED = re.compile(r"dev\.cdevents\.(pipelinerun|taskrun|testsuiterun)\.finished(\..*)?")
"""The version at the end is of no interest: fields are only ever added."""

CANCELLED = "CiBuildCancelled"
"""No type of the catalogue: who cancels a run says nothing of what it would have shown."""

_GOOD, _BAD, _NEITHER = ("success", "pass"), ("failure", "fail", "error"), ("cancel", "canceled", "cancelled", "skip")


class _Reference(msgspec.Struct, frozen=True):
    id: str = ""
    name: str = ""


class _Content(msgspec.Struct, rename="camel"):
    outcome: str
    pipeline_name: str = ""
    task_name: str = ""
    test_suite: _Reference = _Reference()
    environment: _Reference = _Reference()


class _Subject(msgspec.Struct):
    id: str
    content: _Content


class _CDEvent(msgspec.Struct):
    subject: _Subject


_DECODER = msgspec.json.Decoder(_CDEvent)


def finished(kind: str, data: msgspec.Raw) -> tuple[str, Measure]:
    """The signal's type and measure: CiBuildStatus, 1 where it went well and 0 where it did not. Raises Refused."""
    try:
        subject = _DECODER.decode(data).subject
    except UNREADABLE as error:
        raise Refused(Reason.MALFORMED, f"data is no CDEvent of a finished {kind}: {error}") from None
    outcome = subject.content.outcome.lower()
    if outcome not in (*_GOOD, *_BAD, *_NEITHER):
        raise Refused(
            Reason.MALFORMED,
            f"data.subject.content.outcome is {outcome[:40]!r}: known are {', '.join((*_GOOD, *_BAD, *_NEITHER))}",
        )
    type_ = CANCELLED if outcome in _NEITHER else "CiBuildStatus"
    return type_, Measure(float(outcome in _GOOD), _labels(kind, subject, outcome))


def _labels(kind: str, subject: _Subject, outcome: str) -> dict[str, str]:
    content = subject.content
    found = {
        "kind": kind,
        "outcome": outcome,
        "run": subject.id,
        "pipeline": content.pipeline_name,
        "job": content.task_name,
        "suite": content.test_suite.name or content.test_suite.id,
        "environment": content.environment.id,
    }
    return {name: value for name, value in found.items() if value}
