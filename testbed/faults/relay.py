"""The proxy itself: a server in an event loop, which passes requests on to one peer, with faults in between."""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import aiohttp
from aiohttp import web
from yarl import URL

from testbed.faults.answers import answer_of
from testbed.faults.armed import Armed
from testbed.faults.asked import Asked, read
from testbed.faults.exchange import Reply, never, passed_on, reset, send, send_half
from testbed.faults.fault import Answer, CutJson, Fault, Hang, Hold, Kill, Moment, OfWatch, Reset, StaleList, Where
from testbed.faults.record import Entry, Record
from testbed.faults.stream import WatchStream
from testbed.ports import LOOPBACK


@dataclass(frozen=True)
class _Call:
    """One request on its way, and the fault whose turn it is with it."""

    asked: Asked
    request: web.BaseRequest
    came: datetime
    body: bytes
    fault: Fault | None = None

    def due(self, moment: Moment) -> Fault | None:
        """The fault, if this is its moment."""
        return self.fault if self.fault is not None and self.fault.moment is moment else None


class Relay:
    """Passes requests on to `upstream`. `trust` is for that side, `identity` (TLS) for the callers' side.

    All its methods belong to its event loop.
    """

    def __init__(
        self, upstream: str, record: Record, trust: ssl.SSLContext | None = None, identity: ssl.SSLContext | None = None
    ) -> None:
        self.url = ""
        self.armed = Armed()
        self.passage = asyncio.Event()
        self.passage.set()
        self.stopped = 0
        self._frozen: list[Where | None] = []
        self._thawed = asyncio.Event()
        self._released: dict[Fault, asyncio.Event] = {}
        self._upstream, self._identity = upstream.rstrip("/"), identity
        self._record = record
        self._numbers = count(1)
        self._streams: set[WatchStream] = set()
        connector = aiohttp.TCPConnector(ssl=trust or True, limit=0)
        forever = aiohttp.ClientTimeout(total=None)
        self._session = aiohttp.ClientSession(connector=connector, timeout=forever, auto_decompress=False)
        self._runner = web.ServerRunner(web.Server(self._handle, handler_cancellation=True), shutdown_timeout=0.1)

    async def start(self) -> None:
        """Listens on a free loopback port; `url` is known from then on."""
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0, ssl_context=self._identity).start()
        scheme = "https" if self._identity else "http"
        self.url = f"{scheme}://{LOOPBACK}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Hangs up on everyone."""
        await self._runner.cleanup()
        await self._session.close()

    def add(self, fault: Fault) -> None:
        """Arms a fault; one of a watch strikes at once those that are open."""
        self.armed.add(fault)
        if not isinstance(fault.what, OfWatch):
            return
        for stream in [each for each in self._streams if fault.where.matches(each.asked)]:
            if self.armed.strike(stream.asked) == fault:
                stream.strike(fault.what)
                self._record.add(Entry(stream.asked, datetime.now(UTC), datetime.now(UTC), None, fault))

    def thaw(self) -> None:
        """What comes from now on passes; what was stopped is dropped."""
        self._frozen.clear()
        self._thawed.set()
        self._thawed = asyncio.Event()

    def release(self, fault: Fault) -> None:
        """The requests that the fault holds go on."""
        self._gate(fault).set()

    def _gate(self, fault: Fault) -> asyncio.Event:
        return self._released.setdefault(fault, asyncio.Event())

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        came, body = datetime.now(UTC), await request.content.read()
        asked = read(next(self._numbers), request.method, request.raw_path, body)
        await self._pass(asked, request)
        call = _Call(asked, request, came, body, self.armed.strike(asked))
        try:
            return await (self._watch(call) if asked.watches else self._exchange(call))
        except (aiohttp.ClientError, ConnectionError) as problem:
            self._note(call, None, f"one side went away: {problem!r}")
            await reset(request)

    async def _exchange(self, call: _Call) -> web.StreamResponse:
        instead = await self._strike(call, Moment.BEFORE_SEND)
        if instead is not None:
            return await self._finish(call, instead)
        reply = await self._ask(call)
        await self._pass(call.asked, call.request)
        instead = await self._strike(call, Moment.AFTER_COMMIT, reply)
        return await self._finish(call, instead or reply)

    async def _ask(self, call: _Call) -> Reply:
        async with self._onward(call) as answer:
            return Reply(answer.status, answer.headers, await answer.read())

    async def _finish(self, call: _Call, reply: Reply) -> web.StreamResponse:
        last = call.due(Moment.AFTER_ANSWER)
        if last is not None:
            self._freeze(last)  # before the answer: what the caller does with it must not get through
        self._note(call, reply.status)  # first, so that what a caller knows is on record
        response = await send(call.request, reply)
        if last is not None:
            self._kill(last)
        return response

    async def _strike(self, call: _Call, moment: Moment, reply: Reply | None = None) -> Reply | None:
        """What is answered instead; None when the request goes on. Often it never returns."""
        fault = call.due(moment)
        if fault is None:
            return None
        if isinstance(fault.what, Answer | StaleList):
            return Reply(*answer_of(fault.what))
        self._note(call, None)
        if isinstance(fault.what, Hold):
            await self._gate(fault).wait()
            return None
        await self._end(fault, call.request, reply)
        return None

    async def _end(self, fault: Fault, request: web.BaseRequest, reply: Reply | None) -> None:
        """The ways in which a request comes to no good end; none of them returns."""
        if isinstance(fault.what, Kill):
            self._freeze(fault)
            self._kill(fault)
            await self._until_thawed(request)
        if isinstance(fault.what, Reset):
            await reset(request)
        if isinstance(fault.what, CutJson) and reply is not None:
            await send_half(request, reply)
        assert isinstance(fault.what, Hang), f"{fault} is a fault of watches, and this is none"
        await never()

    def _freeze(self, fault: Fault) -> None:
        assert isinstance(fault.what, Kill)
        self._frozen.append(fault.what.scope)

    def _kill(self, fault: Fault) -> None:
        assert isinstance(fault.what, Kill)
        asyncio.get_running_loop().run_in_executor(None, fault.what.kill)

    async def _pass(self, asked: Asked, request: web.BaseRequest) -> None:
        """Back when the request may pass: not in a partition, and never when it is in the scope of a kill."""
        await self.passage.wait()
        if any(scope is None or scope.matches(asked) for scope in self._frozen):
            self.stopped += 1
            await self._until_thawed(request)

    async def _until_thawed(self, request: web.BaseRequest) -> None:
        await self._thawed.wait()
        await reset(request)

    async def _watch(self, call: _Call) -> web.StreamResponse:
        instead = await self._strike(call, Moment.BEFORE_SEND) if not _is_of_watch(call.fault) else None
        if instead is not None:
            return await self._finish(call, instead)
        async with self._onward(call) as answer:
            self._note(call, answer.status)
            response = web.StreamResponse(status=answer.status, headers=passed_on(answer.headers))
            await response.prepare(call.request)
            await self._stream(WatchStream(call.asked, call.request, response, self.passage.wait), call.fault, answer)
            await response.write_eof()
            return response

    async def _stream(self, stream: WatchStream, fault: Fault | None, answer: aiohttp.ClientResponse) -> None:
        self._streams.add(stream)
        try:
            if fault is not None and isinstance(fault.what, OfWatch):
                stream.strike(fault.what)
            await stream.run(answer)
        finally:
            self._streams.discard(stream)

    def _onward(self, call: _Call) -> "aiohttp.client._RequestContextManager":
        request = call.request
        return self._session.request(
            request.method,
            URL(self._upstream + request.raw_path, encoded=True),
            headers=passed_on(request.headers),
            data=call.body or None,
            allow_redirects=False,
        )

    def _note(self, call: _Call, status: int | None, note: str = "") -> None:
        self._record.add(Entry(call.asked, call.came, datetime.now(UTC), status, call.fault, note))


def _is_of_watch(fault: Fault | None) -> bool:
    return fault is not None and isinstance(fault.what, OfWatch)
