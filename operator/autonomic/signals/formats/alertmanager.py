"""Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from autonomic.domain.signals.received import Signal
from autonomic.signals.checking import Checks
from autonomic.signals.formats.measures import UNREADABLE, Moment
from autonomic.signals.refusal import Reason, Refused

SOURCE = "alertmanager"
_VERSION = "4"


class _Webhook(msgspec.Struct, rename="camel"):
    version: str
    alerts: list[msgspec.Raw]
    truncated_alerts: int = 0


class _Alert(msgspec.Struct, rename="camel"):
    status: str
    labels: dict[str, str]
    fingerprint: str
    starts_at: Moment
    ends_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """The alerts, each still unread; `truncated` says how many more there were."""

    alerts: list[msgspec.Raw]
    truncated: int


_WEBHOOK = msgspec.json.Decoder(_Webhook)
_ALERT = msgspec.json.Decoder(_Alert)


def webhook(body: bytes) -> Webhook:
    """The body of one notification. Raises Refused."""
    try:
        found = _WEBHOOK.decode(body)
    except UNREADABLE as error:
        raise Refused(Reason.MALFORMED, f"the body is no webhook of Alertmanager: {error}") from None
    if found.version != _VERSION:
        raise Refused(Reason.MALFORMED, f"version is {found.version[:20]!r}: only version 4 of the webhook is read")
    return Webhook(found.alerts, max(0, found.truncated_alerts))


def alert(raw: msgspec.Raw, namespace: str | None, now: datetime, checks: Checks) -> Signal:
    """One alert: 1 while it fires, 0 when it ended. Raises Refused.

    An alert that fires, fires now, however long ago it began; the time of its beginning is part of its id.
    """
    try:
        found = _ALERT.decode(raw)
    except UNREADABLE as error:
        raise Refused(Reason.MALFORMED, f"it is no alert: {error}") from None
    if found.status not in ("firing", "resolved"):
        raise Refused(Reason.MALFORMED, f"status is {found.status[:40]!r}: known are firing and resolved")
    firing = found.status == "firing"
    at = now if firing else found.ends_at or now
    checks.moment(max(at, found.starts_at), now)
    labels = dict(found.labels)
    name, own = labels.pop("alertname", ""), labels.pop("namespace", None)
    began = found.starts_at.isoformat()
    return checks.signal(
        name, own or namespace, labels, float(firing), at, SOURCE, f"{found.fingerprint}/{began}/{found.status}", now
    )
