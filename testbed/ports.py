"""Free ports on loopback, and what to do when one was taken between the look and the use."""

import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeVar

T = TypeVar("T")

LOOPBACK = "127.0.0.1"


class PortTakenError(RuntimeError):
    """A program could not listen because somebody else took its port first."""


def free_ports(count: int) -> list[int]:
    """That many different TCP ports that are free on loopback at this moment."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((LOOPBACK, 0))
        return [int(one.getsockname()[1]) for one in sockets]


def is_listening(port: int) -> bool:
    """Whether anybody accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0


def with_free_ports(count: int, start: Callable[[list[int]], T]) -> T:
    """`start` with free ports; once more, with others, if one of them was taken meanwhile."""
    try:
        return start(free_ports(count))
    except PortTakenError:
        return start(free_ports(count))
