"""What prometheus-api-client lacks: a body instead of a long URL, the server's whole reply, a deadline, no retries."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3
from prometheus_api_client import PrometheusConnect
from urllib3.util import Retry

from autonomic.domain.errors import Unavailable

_CHUNK_BYTES = 1 << 16
_MAX_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Reply:
    """Status and body, as the server sent them."""

    status: int
    body: bytes


class Connection(PrometheusConnect):  # type: ignore[misc]  # the library has no types
    """One server; every call takes about `timeout` seconds at most, and its failures are `Unavailable`."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            shown = url.rpartition("@")[2]
            raise ValueError(
                f"Prometheus's address is {shown!r}: write it as http(s)://host:port, with a prefix or without"
            )
        super().__init__(url.rstrip("/"), retry=Retry(0, read=False), timeout=timeout, method="POST")
        self.shown_url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """The reply to a form. Raises Unavailable when there is none, or only a part of one."""
        return self._call("POST", path, form)

    def get(self, path: str) -> Reply:
        """The reply to a GET. Raises Unavailable as `post`."""
        return self._call("GET", path, None)

    def unavailable(self, path: str, why: str) -> Unavailable:
        """The error that says what was asked, where, and why there is no answer."""
        return Unavailable(f"Prometheus at {self.shown_url} did not answer {path}: {why}")

    def _call(self, method: str, path: str, form: Mapping[str, str] | None) -> Reply:
        deadline = time.monotonic() + self._timeout
        try:
            with self._session.request(
                method, self.url + path, data=form, timeout=self._timeout, stream=True, allow_redirects=False
            ) as response:
                return Reply(response.status_code, self._read(path, response, deadline))
        except (requests.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise self.unavailable(path, f"no answer within {self._timeout:g} s") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise self.unavailable(path, _reason(error)) from error

    def _read(self, path: str, response: requests.Response, deadline: float) -> bytes:
        body = bytearray()
        # Not iter_content: it waits for a whole chunk, however slowly it drips, and looks at no clock meanwhile.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > _MAX_BYTES:
                raise self.unavailable(path, f"the answer is larger than {_MAX_BYTES >> 20} MiB")
            if time.monotonic() > deadline:
                raise self.unavailable(path, f"no whole answer within {self._timeout:g} s")
        return bytes(body)


def _reason(error: Exception) -> str:
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "reason", inner)) or type(error).__name__
