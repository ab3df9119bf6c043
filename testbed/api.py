"""Plain HTTP to the API server, as somebody: for what kubectl is too slow or too polite to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

_TIMEOUT_SECONDS = 30


class ApiError(RuntimeError):
    """The API server refused. `status` is the HTTP code, `body` its Status object (or `{}`)."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status}: {body.get('message', 'no message')}")
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Api:
    """The API server at `url`, asked with `token`, trusted by `ca_file`.

    `manager` is the field manager of what is written; the server makes one up when it is empty.
    """

    url: str
    ca_file: Path
    token: str
    manager: str = ""

    def get(self, path: str, **params: str) -> dict[str, Any]:
        """GET `path`; the decoded object. Raises `ApiError`."""
        return self.request("GET", path, params=params)

    def post(self, path: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        """POST `body`; the decoded object. Raises `ApiError`."""
        return self.request("POST", path, body, params=params)

    def put(self, path: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        """PUT `body`; the decoded object. Raises `ApiError`."""
        return self.request("PUT", path, body, params=params)

    def patch(self, path: str, body: Any, kind: str = "merge-patch", **params: str) -> dict[str, Any]:
        """PATCH with a body of that kind (`merge-patch`, `json-patch`, `apply-patch`); the decoded object."""
        return self.request("PATCH", path, body, f"application/{kind}+json", params)

    def delete(self, path: str, **params: str) -> dict[str, Any]:
        """DELETE `path`; the decoded answer. Raises `ApiError`."""
        return self.request("DELETE", path, params=params)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = "application/json",
        params: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """One request; the decoded answer (`{"text": ...}` where it is not JSON). Raises `ApiError`."""
        writes = self.manager and method in ("POST", "PUT", "PATCH")
        answer = requests.request(
            method,
            self.url + path,
            json=body,
            params={"fieldManager": self.manager, **(params or {})} if writes else params,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": content_type},
            verify=str(self.ca_file),
            timeout=_TIMEOUT_SECONDS,
        )
        decoded = _decoded(answer)
        if answer.status_code >= requests.codes.bad_request:
            raise ApiError(answer.status_code, decoded)
        return decoded


def _decoded(answer: requests.Response) -> dict[str, Any]:
    try:
        decoded = answer.json()
    except ValueError:
        return {"text": answer.text}
    return decoded if isinstance(decoded, dict) else {"items": decoded}
