"""Answers bear a mark of what they say (ETag): who sends it back is told that nothing changed, and no body."""

from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BELOW = "/autonomic/"
_MOST_MARKS = 32


class Tagging:
    """Marks what GETs below /autonomic/ answer with 200 and in one piece. What comes bit by bit passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(BELOW):
            send = _Marked(send, Headers(scope=scope).get("if-none-match", "")).send
        await self._app(scope, receive, send)


class _Marked:
    def __init__(self, send: Send, known: str) -> None:
        self._send = send
        self._known = known
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._start = message
            return
        start, self._start = self._start, None
        if start is None:
            await self._send(message)
        elif message.get("more_body"):
            await self._send(start)
            await self._send(message)
        else:
            await self._whole(start, message)

    async def _whole(self, start: Message, message: Message) -> None:
        mark = f'"{sha256(message.get("body", b"")).hexdigest()[:32]}"'
        headers = MutableHeaders(raw=start["headers"])
        headers["etag"] = mark
        # What is shown depends on who asks: nobody between may keep it for another.
        headers["cache-control"] = "private, no-cache"
        headers["vary"] = "Authorization"
        if not _names(self._known, mark):
            await self._send(start)
            await self._send(message)
            return
        for name in ("content-length", "content-type"):
            del headers[name]
        await self._send({**start, "status": 304, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": b""})


def _names(known: str, mark: str) -> bool:
    """Whether If-None-Match names the mark, weak or strong."""
    marks = [each.strip().removeprefix("W/") for each in known.split(",", _MOST_MARKS)]
    return mark in marks or marks == ["*"]
