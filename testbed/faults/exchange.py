"""The caller's side of one request: its answer, or what becomes of its connection."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from aiohttp import web

_OF_ONE_CONNECTION = ("connection", "keep-alive", "transfer-encoding", "content-length", "host", "te", "upgrade")


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def passed_on(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are of the message, not of the one connection that it came over."""
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}


async def send(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    """The answer, sent to its last byte."""
    response = web.Response(status=reply.status, headers=passed_on(reply.headers), body=reply.body)
    await response.prepare(request)
    await response.write_eof()
    return response


async def send_half(request: web.BaseRequest, reply: Reply) -> NoReturn:
    """Half of the answer, whose length was promised; then the connection ends."""
    response = web.StreamResponse(status=reply.status, headers=passed_on(reply.headers))
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    await never()


async def reset(request: web.BaseRequest) -> NoReturn:
    """The connection is reset; this call is cancelled with it."""
    if request.transport is not None:
        request.transport.abort()
    await never()


async def never() -> NoReturn:
    """Waits until the caller has gone, which cancels it."""
    while True:
        await asyncio.Event().wait()
