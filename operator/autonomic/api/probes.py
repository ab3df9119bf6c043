"""Probes and metrics: for the kubelet and for Prometheus, without a token."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, HTTPException, Response
from fastapi.responses import PlainTextResponse

from autonomic.api.problems import documented
from autonomic.api.sources import Health


def router(health: Health) -> APIRouter:
    """`/livez`, `/readyz` and `/metrics`."""
    routes = APIRouter(tags=["probes"])

    @routes.get("/livez", response_class=PlainTextResponse)
    async def livez() -> str:
        """The process lives: its event loop turned far enough to answer."""
        return "ok"

    @routes.get("/readyz", response_class=PlainTextResponse, responses=documented(HTTPStatus.SERVICE_UNAVAILABLE))
    async def readyz() -> str:
        """This replica knows the cluster and can answer; the standby too."""
        reason = health.unready()
        if reason is not None:
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, reason)
        return "ok"

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def metrics(accept: Annotated[str, Header()] = "") -> Response:
        """The operator's own metrics, as Prometheus or OpenMetrics text."""
        page, content_type = await health.metrics(accept)
        return Response(page, headers={"Content-Type": content_type})

    return routes
