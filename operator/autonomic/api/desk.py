"""Who sends signals, within which bounds, and what is counted where nothing is taken.

Senders come often: what other routes leave to dependencies is read from the request directly.
"""

from collections.abc import Awaitable, Callable

import structlog
from fastapi import HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials

from autonomic.api.guard import Guard, address
from autonomic.api.parameters import refuse_others
from autonomic.api.receipts import refused, told
from autonomic.api.sources import Intake
from autonomic.cycle.reception import May, Receipt
from autonomic.ports.access import Caller
from autonomic.signals.refusal import Reason, Refused
from autonomic.signals.senders import Sender

Take = Callable[[Sender, str | None, May], Awaitable[Receipt]]
"""Takes what a sender sent, for the namespace of events that name none, where the sender may."""


class Desk:
    """Answers requests of senders."""

    def __init__(self, intake: Intake, guard: Guard) -> None:
        self._intake = intake
        self._guard = guard

    async def answer(self, request: Request, take: Take, say: Callable[[Receipt], Response] = told) -> Response:
        """What became of the request, as `say` says it.

        Raises HTTPException 401, Unavailable when the cluster can't say who sends.
        """
        caller = await self._caller(request)
        refuse_others(request, ("namespace",))

        async def may(namespace: str) -> bool:
            return await self._guard.may(caller, "create", "signals", namespace)

        try:
            return say(await self._bounded(caller, request.query_params.get("namespace"), may, take))
        except Refused as refusal:
            self._intake.reception.tally.refuse(caller.name, refusal.reason)
            if refusal.__cause__:
                structlog.get_logger("autonomic.api").warning("SignalsNotKept", message=str(refusal.__cause__))
            return refused(refusal)

    async def _caller(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        sent = HTTPAuthorizationCredentials(scheme=scheme, credentials=token.strip())
        try:
            return await self._guard.known(address(request), sent if scheme.lower() == "bearer" else None)
        except HTTPException:
            self._intake.reception.tally.refuse("", Reason.NOT_AUTHENTICATED)
            raise

    async def _bounded(self, caller: Caller, namespace: str | None, may: May, take: Take) -> Receipt:
        closed = self._intake.closed()
        if closed:
            raise Refused(Reason.STANDS_BY, closed, after=1.0)
        senders = self._intake.reception.senders
        sender = senders.enter(caller.name, self._intake.monotonic())
        try:
            return await take(sender, namespace, may)
        finally:
            senders.leave(sender)
