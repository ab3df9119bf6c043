"""An app whose busiest addresses are answered before anything else looks at them.

What a framework does for each request, its middlewares, its dependencies, its look at the body, costs more than to take a
hundred signals. They are routes like all others all the same, so that the documentation has them.
"""

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from autonomic.api.describing import finished

Endpoint = Callable[[Request], Awaitable[Response]]


class Front(FastAPI):
    """`busiest` are endpoints by path, `below` by what paths begin with; they take POST, and read the request themselves."""

    def __init__(self, busiest: Mapping[str, Endpoint], below: Mapping[str, Endpoint], **settings: Any) -> None:
        super().__init__(**settings)
        self._busiest = busiest
        self._below = below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        posted = scope["type"] == "http" and scope["method"] == "POST"
        endpoint = self._endpoint(scope["path"]) if posted else None
        if endpoint is None:
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await endpoint(request)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - it is answered like an error of any other route
            await self._answer(request, error, send)
            return
        await response(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description of the API, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = finished(super().openapi())
        return self.openapi_schema

    def _endpoint(self, path: str) -> Endpoint | None:
        found = self._busiest.get(path)
        return found or next((endpoint for begin, endpoint in self._below.items() if path.startswith(begin)), None)

    async def _answer(self, request: Request, error: Exception, send: Send) -> None:
        """As the handlers say that were added to the app. Raises what only the handler of last resort knows, to be logged."""
        handled = next(kind for kind in type(error).__mro__ if kind in self.exception_handlers)
        told = self.exception_handlers[handled](request, error)
        response = await told if isawaitable(told) else told
        await response(request.scope, request.receive, send)
        if handled is Exception:
            raise error
