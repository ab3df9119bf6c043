"""`GET /autonomic/events`: what happens, as Server-Sent Events: resumable, bounded, and only what one may see."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from autonomic.api.guard import Guard, Sent, address
from autonomic.api.parameters import Namespace
from autonomic.api.problems import documented
from autonomic.api.sources import Events
from autonomic.api.streams import Reader, Stream, place
from autonomic.api.turnstile import Turnstile
from autonomic.ports.access import Caller

MEDIA_TYPE = "text/event-stream"
EACH, TOGETHER = 4, 64
_EVENT = {
    "type": "object",
    "description": "One event; `data` is a JSON object.",
    "properties": {name: {"type": "string"} for name in ("event", "id", "data")},
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    HTTPStatus.OK.value: {"description": "The stream.", "content": {MEDIA_TYPE: {"schema": _EVENT}}},
    **documented(
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
}
Wanted = Annotated[
    Literal["PlanChanged", "AlertChanged", "Conflict"] | None, Query(description="Only events of this type.")
]
LastSeen = Annotated[
    str | None, Header(alias="Last-Event-ID", max_length=64, description="The id of the last event that was seen.")
]


class _Streaming(StreamingResponse):
    """An answer that counts as one of its caller's streams for as long as it goes on."""

    media_type = MEDIA_TYPE

    def __init__(self, stream: Stream, turnstile: Turnstile) -> None:
        super().__init__(stream.frames(), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._stream = stream
        self._turnstile = turnstile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._turnstile.passed(self._stream.reader.caller):
            await super().__call__(scope, receive, send)


def router(events: Events, guard: Guard) -> APIRouter:
    """The one route."""
    routes, turnstile = APIRouter(tags=["events"]), Turnstile("streams", EACH, TOGETHER)

    @routes.get("/autonomic/events", status_code=HTTPStatus.OK, responses=_ANSWERS, response_class=_Streaming)
    async def stream(
        request: Request,
        caller: Annotated[Caller, Depends(guard.caller)],
        sent: Sent,
        namespace: Namespace = None,
        kind: Annotated[Wanted, Query(alias="type")] = None,
        last_seen: LastSeen = None,
    ) -> Response:
        """Plans that move on, alerts that change, conflicts. The caller needs the verb `watch` on `adaptationplans` there.

        Alerts are shown to who may `watch` `slacontracts` there, conflicts of routes to who may `watch` `adaptiveroutes`.
        Send the id of the last event as `Last-Event-ID` to go on where you were; an event `Gap` says that some were missed.
        """
        await guard.demand(caller, "watch", "adaptationplans", namespace)
        reader = Reader(guard, caller, address(request), sent, namespace, kind)
        return _Streaming(Stream(events, reader, place(events.feed, events.seal, last_seen)), turnstile)

    return routes
