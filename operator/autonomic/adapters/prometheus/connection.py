"""What prometheus-api-client lacks: a body instead of a long URL, the server's whole reply, a deadline, no retries of its own.

Requests go straight to the library's transport, prepared once: preparing each anew took half of a question's CPU time.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from prometheus_api_client import PrometheusConnect
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from autonomic.adapters.prometheus.failures import NoAnswerError, PassingError
from autonomic.adapters.prometheus.login import proof
from autonomic.environment.server import MetricsServer

_CHUNK_BYTES = 1 << 16
_MAX_BYTES = 1 << 26
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, body, and the header Retry-After, as the server sent them."""

    status: int
    body: bytearray
    retry_after: str | None = None


class Connection(PrometheusConnect):  # type: ignore[misc]  # the library has no types
    """One server; every call takes about `timeout` seconds at most, and its failures are `NoAnswerError`."""

    def __init__(self, server: MetricsServer) -> None:
        parts = urlsplit(server.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            shown = server.url.rpartition("@")[2]
            raise ValueError(
                f"Prometheus's address is {shown!r}: write it as http(s)://host:port, with a prefix or without"
            )
        self.shown_url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        super().__init__(self.shown_url, retry=Retry(0, read=False), timeout=server.timeout)
        self._server = server
        self._proof = proof(server.login, parts)
        self._adapter = HTTPAdapter(pool_maxsize=server.concurrency, max_retries=Retry(0, read=False))
        self._session.mount(self.url, self._adapter)
        self._way = self._session.merge_environment_settings(self.url, {}, True, *_tls(server))
        # A compressed answer costs the server more than the network gains.
        self._session.headers.update({"Accept-Encoding": "identity", **server.headers})
        self._prepared: dict[tuple[str, str], requests.PreparedRequest] = {}

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """The reply to a form. Raises NoAnswerError when there is none, or only a part of one."""
        request = self._request("POST", path)
        request.body = urlencode({**form, **self._server.parameters})
        request.headers["Content-Type"] = _FORM
        request.headers["Content-Length"] = str(len(request.body))
        return self._call(request)

    def get(self, path: str) -> Reply:
        """The reply to a GET. Raises NoAnswerError as `post`."""
        return self._call(self._request("GET", path))

    def _request(self, method: str, path: str) -> requests.PreparedRequest:
        known = self._prepared.get((method, path))
        if known is None:
            query = self._server.parameters if method == "GET" else {}
            known = self._session.prepare_request(requests.Request(method, self.url + path, params=query))
            self._prepared[method, path] = known
        request = known.copy()
        # Last, so that no .netrc of the process's user takes its place.
        if said := self._proof():
            request.headers["Authorization"] = said
        return request

    def _call(self, request: requests.PreparedRequest) -> Reply:
        deadline = time.monotonic() + self._timeout
        try:
            with self._adapter.send(request, timeout=self._timeout, **{**self._way, "stream": True}) as response:
                return Reply(response.status_code, self._read(response, deadline), response.headers.get("Retry-After"))
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise NoAnswerError(f"no answer within {self._timeout:g} s") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise (PassingError if _refused_or_reset(error) else NoAnswerError)(_reason(error)) from error

    def _read(self, response: requests.Response, deadline: float) -> bytearray:
        body = bytearray()
        # Not iter_content: it waits for a whole chunk, however slowly it drips, and looks at no clock meanwhile.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > _MAX_BYTES:
                raise NoAnswerError(f"the answer is larger than {_MAX_BYTES >> 20} MiB")
            if time.monotonic() > deadline:
                raise NoAnswerError(f"no whole answer within {self._timeout:g} s")
        return body


def _tls(server: MetricsServer) -> tuple[str | None, tuple[str, str] | None]:
    """`verify` and `cert`, as requests calls them."""
    tls = server.tls
    authorities = str(tls.ca_file) if tls.ca_file else None
    return authorities, (str(tls.certificate_file), str(tls.key_file)) if tls.certificate_file else None


def _refused_or_reset(error: BaseException | None) -> bool:
    """Looks for the cause under the wrappings of both libraries."""
    seen: list[object] = [error]
    while seen:
        each = seen.pop()
        if isinstance(each, ConnectionRefusedError | ConnectionResetError | BrokenPipeError):
            return True
        if isinstance(each, BaseException):
            seen += [each.__cause__, getattr(each, "reason", None), *each.args]
    return False


def _reason(error: Exception) -> str:
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", inner)) or type(error).__name__
