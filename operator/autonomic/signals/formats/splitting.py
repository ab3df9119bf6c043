"""A body into its events, each still unread: one bad event must not fail those beside it."""

import json
from collections.abc import Sequence

import msgspec

from autonomic.signals.formats.measures import Direct, direct, directs
from autonomic.signals.refusal import Reason, Refused

_BATCH = msgspec.json.Decoder(list[msgspec.Raw])


class Batch:
    """The events of one body. `direct` are those of our own form; None stands for each that is not."""

    __slots__ = ("_body", "_raws", "direct")

    def __init__(self, body: bytes) -> None:
        """Raises Refused when there is no array to be seen."""
        self._body = body
        self._raws: list[msgspec.Raw] | None = None
        # Most bodies hold nothing else: they are read in one go, and never split.
        self.direct: Sequence[Direct | None] = directs(body) or [direct(each) for each in self._split()]

    def __len__(self) -> int:
        return len(self.direct)

    def raw(self, index: int) -> msgspec.Raw:
        """One event as it came."""
        return self._split()[index]

    def _split(self) -> list[msgspec.Raw]:
        if self._raws is None:
            self._raws = _events(self._body)
        return self._raws


def single(body: bytes) -> Batch:
    """The one event of a structured body. Raises Refused."""
    found = Batch(b"[" + body + b"]")
    if len(found) != 1:
        raise Refused(Reason.MALFORMED, "the body must hold one event: send more as application/cloudevents-batch+json")
    return found


def _events(body: bytes) -> list[msgspec.Raw]:
    try:
        return _BATCH.decode(body)
    except RecursionError:
        raise Refused(Reason.MALFORMED, "the body is nested too deeply") from None
    except msgspec.ValidationError:
        raise Refused(Reason.MALFORMED, "a batch is a JSON array of events") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _forgiving(body, str(error))


def _forgiving(body: bytes, problem: str) -> list[msgspec.Raw]:
    """Many libraries write NaN and Infinity, which JSON does not know: the event that has one fails alone."""
    try:
        events = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError):
        raise Refused(Reason.MALFORMED, f"the body is no JSON: {problem}") from None
    if not isinstance(events, list):
        raise Refused(Reason.MALFORMED, "a batch is a JSON array of events")
    return [msgspec.Raw(json.dumps(event).encode()) for event in events]
