"""`POST /autonomic/signals`, `/autonomic/alerts` and `/autonomic/v1/metrics`: what others tell us."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from autonomic.api import bodies
from autonomic.api.desk import Desk
from autonomic.api.guard import SCHEME, Guard
from autonomic.api.messages import ALERTS, BATCH, EVENTS, JSON, METRICS, PROTOBUF, STRUCTURED
from autonomic.api.problems import OF_BODIES
from autonomic.api.receipts import SignalsReceipt, exported
from autonomic.api.sources import Intake
from autonomic.cycle.reception import May, Receipt, Reception
from autonomic.signals.formats.alertmanager import webhook
from autonomic.signals.formats.cloudevents import binary
from autonomic.signals.formats.otlp import points
from autonomic.signals.formats.splitting import Batch, single
from autonomic.signals.senders import Sender

_ANSWERS = OF_BODIES | {
    HTTPStatus.ACCEPTED.value: {"model": SignalsReceipt, "description": "What is accepted is kept."}
}
_EXPORTED = OF_BODIES | {
    HTTPStatus.OK.value: {
        "description": "What is not named as rejected is kept: an ExportMetricsServiceResponse.",
        "content": {PROTOBUF: {}},
    }
}


def router(intake: Intake, guard: Guard) -> APIRouter:
    """The routes. The caller needs the verb `create` on `signals` in each namespace that it speaks of."""
    routes, desk, reception = APIRouter(tags=["signals"]), Desk(intake, guard), intake.reception

    @routes.post("/autonomic/signals", status_code=202, responses=_ANSWERS, openapi_extra=_takes(EVENTS))
    async def signals(request: Request) -> Response:
        """CloudEvents 1.0: structured, batch, or binary (headers `ce-*`). One bad event of a batch fails alone."""

        async def take(sender: Sender, namespace: str | None, may: May) -> Receipt:
            kind = bodies.content_type(request, STRUCTURED, BATCH, *([JSON] if "ce-id" in request.headers else []))
            body = await bodies.read(request, reception.limits)
            if kind == JSON:
                return await reception.event(sender, binary(request.headers.items(), body), namespace, may)
            return await reception.events(sender, Batch(body) if kind == BATCH else single(body), namespace, may)

        return await desk.answer(request, take)

    @routes.post("/autonomic/alerts", status_code=202, responses=_ANSWERS, openapi_extra=_takes(ALERTS))
    async def alerts(request: Request) -> Response:
        """The webhook of Alertmanager, version 4. One bad alert fails alone."""

        async def take(sender: Sender, namespace: str | None, may: May) -> Receipt:
            bodies.content_type(request, JSON)
            return await reception.alerts(sender, webhook(await bodies.read(request, reception.limits)), namespace, may)

        return await desk.answer(request, take)

    _add_otlp(routes, desk, reception)
    return routes


def _add_otlp(routes: APIRouter, desk: Desk, reception: Reception) -> None:
    @routes.post("/autonomic/v1/metrics", responses=_EXPORTED, openapi_extra=_takes(METRICS))
    async def metrics(request: Request) -> Response:
        """OTLP metrics in protobuf: gauges, and sums of deltas. One bad data point fails alone."""

        async def take(sender: Sender, namespace: str | None, may: May) -> Receipt:
            bodies.content_type(request, PROTOBUF)
            found = points(await bodies.read(request, reception.limits), reception.limits.events)
            return await reception.points(sender, found, namespace, may)

        return await desk.answer(request, take, exported)


def _takes(messages: Mapping[str, Any]) -> dict[str, Any]:
    """What the documentation says of the request: it is not read by way of a model."""
    namespace = {
        "name": "namespace",
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "The namespace of events that name none themselves.",
    }
    return {
        "requestBody": {"required": True, "content": dict(messages)},
        "parameters": [namespace],
        "security": [{SCHEME: []}],
    }
