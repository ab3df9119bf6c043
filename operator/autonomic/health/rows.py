"""Rows: subjects as they are listed, so that a page costs what is on it."""

from collections.abc import Callable
from dataclasses import dataclass

from autonomic.domain.health import HealthSnapshotStatus, HealthWord
from autonomic.health.subjects import Key


@dataclass(frozen=True, slots=True)
class Row:
    """One subject; `tell` puts into words what is known of it."""

    key: Key
    health: HealthWord
    tell: Callable[[], HealthSnapshotStatus | None]
