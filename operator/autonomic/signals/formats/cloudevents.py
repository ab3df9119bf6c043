"""The envelope of CloudEvents 1.0, by body (structured, batch) or by headers (binary)."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote

import msgspec

from autonomic.signals.refusal import Reason, Refused

_PREFIX = "ce-"


class Event(msgspec.Struct):
    """What we read of an envelope; further attributes are ignored. `namespace` is an extension."""

    specversion: str
    type: str
    source: str
    id: str
    time: datetime | None = None
    subject: str | None = None
    namespace: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"{}")
    data_base64: msgspec.UnsetType | str = msgspec.UNSET


_EVENT = msgspec.json.Decoder(Event)


def structured(raw: msgspec.Raw | bytes) -> Event:
    """The event of a JSON object. Raises Refused that names the field."""
    try:
        return _checked(_EVENT.decode(raw))
    except RecursionError:
        raise Refused(Reason.MALFORMED, "the event is nested too deeply") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Refused(Reason.MALFORMED, f"the event is no CloudEvent: {error}") from None


def binary(headers: Iterable[tuple[str, str]], body: bytes) -> Event:
    """The event whose attributes are headers (`ce-id`, ...) and whose data is the body. Raises Refused."""
    attributes = {
        name[len(_PREFIX) :].lower(): unquote(value) for name, value in headers if name.lower().startswith(_PREFIX)
    }
    attributes.pop("data", None)
    attributes.pop("data_base64", None)
    try:
        event = _checked(msgspec.convert(attributes, Event))
    except msgspec.MsgspecError as error:
        raise Refused(Reason.MALFORMED, f"the headers ce-* are no CloudEvent: {error}") from None
    if body.strip():
        event.data = msgspec.Raw(body)
    return event


def _checked(event: Event) -> Event:
    if not event.specversion.startswith("1."):
        raise Refused(Reason.MALFORMED, f"specversion is {event.specversion[:20]!r}: write 1.0")
    if event.data_base64 is not msgspec.UNSET:
        raise Refused(Reason.MALFORMED, "data_base64 is not read: send data as JSON")
    return event
