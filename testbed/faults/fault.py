"""Which request is struck, at which moment, and how. All of it is data."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from testbed.faults.asked import Asked


class Moment(Enum):
    """When a fault strikes. AFTER_COMMIT: the server has answered, and the caller never hears it."""

    BEFORE_SEND = "before it is sent"
    AFTER_COMMIT = "after it is committed"
    AFTER_ANSWER = "after the answer"


@dataclass(frozen=True)
class Where:
    """Which requests: what is left out matches all. `path` is a regular expression of the whole path, without the query.

    Struck are `times` of them (0: all), from the `nth` on.
    """

    methods: tuple[str, ...] = ()
    path: str = ""
    resources: tuple[str, ...] = ()
    subresource: str | None = None
    namespace: str = ""
    name: str = ""
    writes: bool | None = None
    watches: bool = False
    nth: int = 1
    times: int = 1

    def matches(self, asked: Asked) -> bool:
        """Whether the request is one of these, however many there were."""
        return (
            asked.watches is self.watches
            and (not self.methods or asked.method in self.methods)
            and (not self.path or re.fullmatch(self.path, asked.path) is not None)
            and (not self.resources or asked.resource in self.resources)
            and (self.subresource is None or asked.subresource == self.subresource)
            and self.namespace in ("", asked.namespace)
            and self.name in ("", asked.name)
            and self.writes in (None, asked.writes)
        )


@dataclass(frozen=True)
class Kill:
    """From here on nothing of `scope` passes until `FaultProxy.thaw`, and `kill` is called in a thread of its own.

    With `scope` left out nothing at all passes. What was stopped so is never sent on, not even later.
    """

    kill: Callable[[], object]
    scope: Where | None = None


@dataclass(frozen=True)
class Answer:
    """The proxy answers: `status`, with a `Status` object, or with `document` where given. `retry_after` is in seconds."""

    status: int
    retry_after: int | None = None
    document: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class StaleList:
    """An old list is served: `document`, as the server gave it earlier."""

    document: Mapping[str, Any]


@dataclass(frozen=True)
class Hang:
    """No answer comes, ever; the connection stays open."""


@dataclass(frozen=True)
class Reset:
    """The connection is reset."""


@dataclass(frozen=True)
class CutJson:
    """Half of the answer comes, and the connection ends in order. Strikes AFTER_COMMIT."""


@dataclass(frozen=True)
class Hold:
    """The request waits in the network until `FaultProxy.release`, and then goes on, however late."""


@dataclass(frozen=True)
class Dropped:
    """The watch's connection is reset."""


@dataclass(frozen=True)
class Gone:
    """The watch is told that its resource version is too old (410), and ends."""


@dataclass(frozen=True)
class Stalled:
    """The watch stays open and says nothing more, not even a bookmark, nor that the server ended it."""


@dataclass(frozen=True)
class Duplicated:
    """Each event comes twice, and the one before it once more."""


OfRequest = Kill | Answer | StaleList | Hang | Reset | CutJson | Hold
OfWatch = Dropped | Gone | Stalled | Duplicated


@dataclass(frozen=True)
class Fault:
    """One fault. One of a watch (`OfWatch`) strikes watches that are open as well as those that come, whatever `moment` says.

    Raises `ValueError` for what can't be: only Kill strikes AFTER_ANSWER, and there is nothing to cut BEFORE_SEND.
    """

    where: Where
    what: OfRequest | OfWatch
    moment: Moment = Moment.BEFORE_SEND

    def __post_init__(self) -> None:
        impossible = Moment.BEFORE_SEND if isinstance(self.what, CutJson) else Moment.AFTER_ANSWER
        if self.moment is impossible and not isinstance(self.what, Kill | OfWatch):
            raise ValueError(f"{type(self.what).__name__} can't strike {self.moment.value}: choose another moment")

    def __str__(self) -> str:
        name = type(self.what).__name__
        shown = f"{name} {self.what.status}" if isinstance(self.what, Answer) else name
        return shown if isinstance(self.what, OfWatch) else f"{shown} {self.moment.value}"
