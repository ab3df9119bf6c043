"""Every bound on what is pushed, in one place."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request, of one signal, of one sender, and of all together."""

    body_bytes: int = 1 << 20
    body_seconds: float = 10.0
    events: int = 1_000
    """Events of one request."""
    namespaces: int = 16
    """Different namespaces of one request: each is a question to the cluster."""

    labels: int = 32
    label_name: int = 64
    label_value: int = 512
    label_characters: int = 2_048
    """All values of one signal together."""
    oldest: timedelta = timedelta(hours=1)
    newest: timedelta = timedelta(minutes=5)
    """How far ahead of ours a sender's clock may be."""

    rate: float = 2_000.0
    """Events of one sender in a second, in the long run."""
    burst: float = 10_000.0
    in_flight: int = 8
    """Requests of one sender at once."""
    in_flight_in_all: int = 64
    """Requests of all at once; even beyond it each sender may have one."""
    senders: int = 256
    senders_of_one_tenant: int = 32
    """Service accounts of one namespace."""

    remembered_seconds: float = 600.0
    """The least time for which a signal is known again."""
    remembered: int = 200_000
    """Signals of one sender in that time."""
    remembered_in_all: int = 500_000
    remembered_always: int = 1_000
    """What a sender may have remembered even while others fill what is there for all."""

    series: int = 2_000
    """Sets of labels that one sender may export."""
    series_in_all: int = 10_000
    series_seconds: float = 900.0
    """How long a series is exported after its last signal."""
