"""The HTTP server as a guest in the operator's event loop: no signal handlers, no logging of its own."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ssl import SSLContext

import uvicorn
from fastapi import FastAPI

from autonomic.api.connections import Patience, held_to
from autonomic.domain.errors import Invalid
from autonomic.domain.slowness import Slowness

GRACE_SECONDS = 5
"""How long requests under way may go on when the server ends."""


class _Guest(uvicorn.Server):
    """A server that leaves the process's signals to whoever owns the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True)
class Manner:
    """How it is served. `ending` is called when the server begins to end, for what would go on for ever otherwise.

    `cut_off` is called for each connection that was ended because its peer was too slow.
    """

    patience: Patience = field(default_factory=Patience)
    tls: SSLContext | None = None
    ending: Callable[[], None] = lambda: None
    cut_off: Callable[[Slowness], None] = lambda _: None


async def serve(app: FastAPI, host: str, port: int, manner: Manner | None = None) -> None:
    """Answers until it is cancelled, then lets requests under way end. Raises Invalid when it can't listen there."""
    manner = manner or Manner()
    with _listener(host, port) as listener:
        server = _Guest(_config(app, manner))
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="http")
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            manner.ending()
            await serving
            raise


def _config(app: FastAPI, manner: Manner) -> uvicorn.Config:
    tls = manner.tls
    return uvicorn.Config(
        app,
        ssl_context_factory=(lambda _config, _default: tls) if tls else None,
        http=held_to(manner.patience, manner.cut_off),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as problem:
        raise Invalid(
            f"cannot listen on {host} port {port}: {problem}; set AUTONOMIC_HTTP_HOST and AUTONOMIC_HTTP_PORT"
        ) from problem
    # Each connection inherits it. asyncio sees only sockets that name their protocol; without it every answer of two
    # pieces waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
