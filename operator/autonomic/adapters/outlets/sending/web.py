"""HTTP as the library speaks it: by TLS, one answer, no redirect, a bounded reply, and its status remembered."""

import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import certifi
import requests
from requests.adapters import HTTPAdapter

from autonomic.adapters.outlets.sending.bounds import Findings

_MOST = 1 << 18


def watched(
    findings: Findings, authorities: str | None, *, insecure: bool, only_look: bool
) -> Callable[[], HTTPAdapter]:
    """What makes the adapters of sessions."""
    return lambda: Watched(findings, authorities, insecure=insecure, only_look=only_look)


class Watched(HTTPAdapter):
    """The transport of every request."""

    def __init__(self, findings: Findings, authorities: str | None, *, insecure: bool, only_look: bool) -> None:
        super().__init__(max_retries=0)
        self._findings = findings
        self._authorities = authorities
        self._insecure = insecure
        self._only_look = only_look

    def send(self, request: requests.PreparedRequest, *_: Any, **given: Any) -> requests.Response:
        """The answer. Raises RequestException, also instead of following a redirect."""
        url = request.url or ""
        if not url.startswith("https://") and not self._insecure:
            self._findings.refuse("it is not encrypted")
            raise requests.ConnectionError
        if self._only_look:
            self._look(url)
            raise requests.ConnectionError
        answer = super().send(
            request, stream=True, timeout=given.get("timeout"), verify=self._authorities or True, proxies={}
        )
        self._findings.statuses.append(answer.status_code)
        self._read(answer)
        if answer.is_redirect:
            raise requests.TooManyRedirects
        return answer

    def _read(self, answer: requests.Response) -> None:
        """The whole body, for whoever asks for it later."""
        body = answer.raw.read(_MOST + 1, decode_content=True)
        if len(body) > _MOST:
            raise requests.ConnectionError
        answer._content = body

    def _look(self, url: str) -> None:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        try:
            with socket.create_connection((parts.hostname, parts.port or (443 if secure else 80))) as connection:
                if secure:
                    self._trust().wrap_socket(connection, server_hostname=parts.hostname).close()
            self._findings.reached = True
        except OSError as error:
            raise requests.ConnectionError from error

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._authorities or certifi.where())
