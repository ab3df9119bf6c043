"""A body into its events, each still unread: one bad event must not fail those beside it."""

import json

import msgspec

from autonomic.signals.refusal import Reason, Refused

_BATCH = msgspec.json.Decoder(list[msgspec.Raw])


def batch(body: bytes) -> list[msgspec.Raw]:
    """The events of a JSON array. Raises Refused when there is no array to be seen."""
    try:
        return _BATCH.decode(body)
    except RecursionError:
        raise Refused(Reason.MALFORMED, "the body is nested too deeply") from None
    except msgspec.ValidationError:
        raise Refused(Reason.MALFORMED, "a batch is a JSON array of events") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _forgiving(body, str(error))


def single(body: bytes) -> list[msgspec.Raw]:
    """The one event of a structured body. Raises Refused."""
    events = batch(b"[" + body + b"]")
    if len(events) != 1:
        raise Refused(Reason.MALFORMED, "the body must hold one event: send more as application/cloudevents-batch+json")
    return events


def _forgiving(body: bytes, problem: str) -> list[msgspec.Raw]:
    """Many libraries write NaN and Infinity, which JSON does not know: the event that has one fails alone."""
    try:
        events = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        raise Refused(Reason.MALFORMED, f"the body is no JSON: {problem}") from None
    if not isinstance(events, list):
        raise Refused(Reason.MALFORMED, "a batch is a JSON array of events")
    return [msgspec.Raw(json.dumps(event).encode()) for event in events]
