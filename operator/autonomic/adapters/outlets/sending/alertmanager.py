"""Alertmanager, which Apprise does not know: alertmanagers://[user:password@]host[:port][/prefix]. The s is for TLS."""

from collections.abc import Mapping
from typing import Any

import requests
from apprise import NotifyBase

_NAME = "AutonomicNotice"


class NotifyAlertmanager(NotifyBase):  # type: ignore[no-untyped-call]
    """Posts one alert. Its labels are the facts, so Alertmanager itself knows a second one as the same."""

    service_name = "Alertmanager"  # type: ignore[assignment]
    protocol = "alertmanager"  # type: ignore[assignment]
    secure_protocol = "alertmanagers"  # type: ignore[assignment]
    templates = ("{schema}://{host}", "{schema}://{host}:{port}")  # type: ignore[assignment]
    request_rate_per_sec = 0
    facts: Mapping[str, str] = {}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._path = str(kwargs.get("fullpath") or "").rstrip("/")

    def send(self, body: str, title: str = "", *_: Any, **__: Any) -> bool:
        """Whether it was taken."""
        place = f"{self.host}:{self.port}" if self.port else self.host
        alert = {
            "labels": {"alertname": _NAME, "severity": "info", **self.facts},
            "annotations": {"summary": title, "description": body},
        }
        try:
            answer = requests.post(
                f"{'https' if self.secure else 'http'}://{place}{self._path}/api/v2/alerts",
                json=[alert],
                auth=(self.user, self.password or "") if self.user else None,
                timeout=self.request_timeout,
            )
        except requests.RequestException:
            return False
        return answer.ok

    def url(self, privacy: bool = False, *_: Any, **__: Any) -> str:  # noqa: ARG002 - never shown, either way
        """What may be shown."""
        return f"{self.secure_protocol}://..."
