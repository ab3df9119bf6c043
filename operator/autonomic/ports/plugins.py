"""Plug-ins: what a package of somebody else may bring, how its code is asked, and how it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol, TypeVar

from autonomic.domain.actions import PermittedAction
from autonomic.domain.errors import Unavailable
from autonomic.domain.targets import Target
from autonomic.ports.outlets import Outcall

PluginKind = Literal["Loop", "Action", "Notifier", "SignalSource"]
PluginState = Literal["Working", "Failing", "LeftAlone", "Broken"]
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class PluginStanding:
    """How one plug-in is.

    `package` is the distribution that brings it, with its version. `failures` counts those since it was loaded; `message`
    is the last of them, empty while it works. Broken is for good, LeftAlone passes.
    """

    kind: PluginKind
    name: str
    package: str
    state: PluginState
    message: str = ""
    failures: int = 0

    def __str__(self) -> str:
        """`plug-in Loop Early of early-bird 1.0`."""
        return f"plug-in {self.kind} {self.name} of {self.package}"


class PluginFault(Unavailable):
    """A plug-in gave no usable answer. The message names it and says why; whoever asked it has told so already."""


class Guarded(Protocol):
    """The only way to a plug-in's code: in a thread of its own, within its time, and not at all while it is left alone."""

    @property
    def standing(self) -> PluginStanding:
        """How the plug-in is now."""
        ...

    async def ask(self, what: Callable[[], Answer]) -> Answer:
        """What the function returns. Raises PluginFault for whatever it raises, and where it takes too long."""
        ...


class PluginAction(Protocol):
    """An action that a package brings: it says which action of the layer is to be done on a target. Pure."""

    name: ClassVar[str]

    def act(self, parameters: Mapping[str, str], target: Target) -> PermittedAction | None:
        """The action, as an owner would have written it; None when there is nothing to do."""
        ...


class Notifier(Protocol):
    """A channel that a package brings."""

    name: ClassVar[str]

    def notify(self, outcall: Outcall) -> None:
        """Tells people. What it raises means that they were not told; `outcall.key` is the same at every try."""
        ...


class SignalSource(Protocol):
    """Signals that a package fetches."""

    name: ClassVar[str]
    every: ClassVar[float]
    """Seconds between two reads, from 1 to 3600."""

    def read(self) -> Iterable[Mapping[str, object]]:
        """CloudEvents 1.0 as mappings that JSON can hold; one that was given before is known by its source and id."""
        ...
