"""Watching: every event of every kind that the Store holds goes into it. Nothing is patched, no finalizer is set."""

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

import kopf

from autonomic.domain.kinds import WATCHED
from autonomic.domain.words import GROUP, VERSION

_LIFE, _SILENCE = 20, 25.0
"""Seconds after which the server ends a watch, to be taken up where it ended; one that is silent for longer has stalled."""

Observe = Callable[[str | None, str, dict[str, Any]], None]
"""Takes (event type, kind, object); the type is None for what a listing brought."""


def watch(observe: Observe, stop: threading.Event) -> None:
    """Watches until `stop` is set, and calls `observe` from this thread. Give it a thread of its own.

    In the main thread Kopf would take the process's signals, and wait five seconds for every task that is not its own.
    """
    # It warns that it takes no signals, which is what is wanted.
    logging.getLogger("kopf._core.reactor.running").setLevel(logging.ERROR)
    registry = kopf.OperatorRegistry()
    register(registry, observe)
    watching = kopf.operator(
        registry=registry,
        settings=settings(),
        clusterwide=True,
        stop_flag=stop,
        # Left out, Kopf asks for the user's name, and in a container there may be none.
        identity="autonomic",  # type: ignore[arg-type]  # a NewType of str that Kopf does not export
    )
    asyncio.run(watching)


def register(registry: kopf.OperatorRegistry, observe: Observe) -> None:
    """Registers the login and one handler for each kind."""
    kopf.on.login(registry=registry)(_login)
    for kind in WATCHED:
        _watch(registry, observe, kind.names.kind, GROUP, VERSION, kind.names.plural)
    _watch(registry, observe, "Namespace", "", "v1", "namespaces")


def _watch(registry: kopf.OperatorRegistry, observe: Observe, kind: str, group: str, version: str, plural: str) -> None:
    @kopf.on.event(group=group, version=version, plural=plural, id=f"watch-{plural}", registry=registry)
    async def watched(type: str | None, body: kopf.Body, **_: Any) -> None:  # noqa: A002 - Kopf's name
        observe(type, kind, dict(body))


def _login(**kwargs: Any) -> kopf.ConnectionInfo | None:
    return kopf.login_with_kubeconfig(**kwargs) or kopf.login_with_service_account(**kwargs)


def settings() -> kopf.OperatorSettings:
    """No Events by Kopf, no peering, no scanning: what is watched is fixed, and who acts is the Lease's matter."""
    chosen = kopf.OperatorSettings()
    chosen.posting.enabled = False
    chosen.peering.standalone = True
    chosen.scanning.disabled = True
    chosen.watching.chunk_size = 500
    chosen.watching.server_timeout = _LIFE
    chosen.watching.inactivity_timeout = _SILENCE
    return chosen
