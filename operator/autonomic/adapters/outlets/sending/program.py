"""Reads an order from stdin, carries it out, writes what came of it to stdout. The order alone knows the address."""

import json
import logging
import signal
import smtplib
import sys
from typing import Any

import apprise
import requests

from autonomic.adapters.outlets.sending import mail
from autonomic.adapters.outlets.sending.alertmanager import NotifyAlertmanager
from autonomic.adapters.outlets.sending.bounds import Findings, bound, guard
from autonomic.adapters.outlets.sending.web import watched


def main() -> None:
    """Carries out one order."""
    order = json.load(sys.stdin)
    bound(order["start"] + order["timeout"])
    logging.disable()
    print(json.dumps(carried_out(order)), flush=True)  # noqa: T201 - the answer


def carried_out(order: dict[str, Any]) -> dict[str, Any]:
    """What came of it: done, why it was refused, the statuses that were answered."""
    findings = Findings()
    plugin = _plugin(order["url"])
    if plugin is None or (wrong := _wrong(plugin, insecure=order["insecure"])):
        return {"refused": "its address is not one that Apprise can use" if plugin is None else wrong}
    if order["task"] == "Read":
        return {"done": True}
    only_look = order["task"] == "Look"
    make = watched(findings, order["authorities"], insecure=order["insecure"], only_look=only_look)
    requests.sessions.HTTPAdapter = make  # type: ignore[assignment]
    mail.watch(findings, only_look=only_look)
    guard(findings, loopback=order["loopback"])
    signal.setitimer(signal.ITIMER_REAL, order["timeout"])
    sent = _sent(plugin, order)
    done = findings.reached if only_look else sent
    return {"done": done, "refused": findings.refused, "statuses": findings.statuses}


def _plugin(url: str) -> apprise.NotifyBase | None:
    apprise.NotificationManager()["alertmanagers"] = NotifyAlertmanager  # type: ignore[no-untyped-call]
    asset = apprise.AppriseAsset(
        app_id="Autonomic", app_desc="Autonomic Layer", app_url="", http_redirects=False, allow_templates=False
    )
    plugin = apprise.Apprise.instantiate(url, asset=asset)
    return plugin if isinstance(plugin, apprise.NotifyBase) else None


def _wrong(plugin: apprise.NotifyBase, *, insecure: bool) -> str | None:
    plugin.redirects = False
    if not plugin.verify_certificate:
        return "its address turns the look at certificates off: leave verify=no out, and name the authority"
    if not insecure and getattr(plugin, "secure_mode", "") == "insecure":
        return "its address asks for mail without TLS: leave mode=insecure out"
    return None


def _sent(plugin: apprise.NotifyBase, order: dict[str, Any]) -> bool:
    if isinstance(plugin, NotifyAlertmanager):
        plugin.facts, text = order["facts"], order["message"]
    else:
        text = "\n".join([order["message"], "", *(f"{name}: {value}" for name, value in order["facts"].items())])
    try:
        return bool(plugin.notify(body=text, title=order["title"], body_format=apprise.NotifyFormat.TEXT))
    except (OSError, ValueError, MemoryError, smtplib.SMTPException, requests.RequestException):
        return False


if __name__ == "__main__":
    main()
