"""Calls to outlets over real connections: what each answer means, what is never connected to, and that no secret is told."""

import json
import os
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autonomic.adapters.outlets.configured import ConfiguredOutlets
from autonomic.adapters.outlets.pausing import FIRST
from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.environment.outlets import Outlet
from autonomic.ports.memory.clock import ManualClock
from autonomic.ports.outlets import Outcall
from testbed.kernel import children
from tests.contract.certificates import Authority, serving
from tests.contract.scripted_server import ScriptedServer, answering, http
from tests.contract.smtp_server import mail_server
from tests.contract.test_outlets_port import ASK, TELL
from tests.unit.domain.specimens import NOW

SECRET = "s3cr3t"
SHORT = 0.5
METADATA, HIDDEN = "2852039166", "2130706433"
"""169.254.169.254 and 127.0.0.1 in a form that no check of the text finds, and that every resolver understands."""


def endpoint(url: str, timeout: float = 5.0, **more: Any) -> ConfiguredOutlets:
    """One endpoint at that address, with a secret in its path."""
    outlet = Outlet(name="conductor", type="Endpoint", url=f"{url}/{SECRET}", **more)
    return ConfiguredOutlets((outlet,), ManualClock(NOW), timeout)


def channel(url: str, timeout: float = 5.0, **more: Any) -> ConfiguredOutlets:
    """One channel at that address."""
    return ConfiguredOutlets((Outlet(name="oncall", type="Channel", url=url, **more),), ManualClock(NOW), timeout)


def webhook(server: ScriptedServer) -> str:
    """A channel's address of the server, with a secret in it."""
    return server.url.replace("http", "json", 1) + f"/{SECRET}"


async def error_of(outlets: ConfiguredOutlets, call: Outcall) -> AutonomicError | None:
    """What the call raised. No secret is in it, nor the address."""
    try:
        await outlets.call(call)
    except AutonomicError as error:
        assert call.outlet in str(error)
        assert not any(word in str(error) for word in (SECRET, "127.0.0.1", "://", METADATA))
        return error
    return None


ANSWERS = {
    None: (200, 201, 202, 204),
    Unavailable: (408, 409, 425, 429, 500, 502, 503, 504),
    Invalid: (301, 302, 307, 308, 400, 401, 403, 404, 422),
}
ENDPOINT_CASES = [(status, kind) for kind, statuses in ANSWERS.items() for status in statuses]
CHANNEL_CASES = [(204, None), (503, Unavailable), (429, Unavailable), (404, Invalid), (302, Invalid)]
parametrized = pytest.mark.parametrize


@parametrized(("status", "kind"), ENDPOINT_CASES)
async def test_an_endpoints_status_says_done_later_or_never(status: int, kind: type[AutonomicError] | None) -> None:
    async with answering(http(status, "")) as server:
        found = await error_of(endpoint(server.url), ASK)
        assert isinstance(found, kind) if kind else found is None


@parametrized(("status", "kind"), CHANNEL_CASES)
async def test_a_channels_status_says_done_later_or_never(status: int, kind: type[AutonomicError] | None) -> None:
    async with answering(http(status, "")) as server:
        found = await error_of(channel(webhook(server)), TELL)
        assert isinstance(found, kind) if kind else found is None


async def test_no_redirect_is_followed() -> None:
    async with answering(http(200, "")) as elsewhere:
        to = f"Location: {elsewhere.url}/\r\n"
        async with answering(http(307, "", to)) as server:
            assert "redirect" in str(await error_of(endpoint(server.url), ASK))
            assert "redirect" in str(await error_of(channel(webhook(server) + "?redirect=yes"), TELL))
        assert elsewhere.requests == []


async def test_who_is_not_there_is_told_without_an_address() -> None:
    async with answering(None) as server:
        pass
    found = await error_of(endpoint(server.url), ASK)
    assert str(found) == "outlet conductor did not answer: connection refused"
    assert isinstance(await error_of(channel(webhook(server)), TELL), Unavailable)


async def test_who_hangs_is_left_after_the_time_out_and_no_process_stays() -> None:
    async with answering(None) as server:
        for outlets, call in ((endpoint(server.url, SHORT), ASK), (channel(webhook(server), SHORT), TELL)):
            found = await error_of(outlets, call)
            assert isinstance(found, Unavailable)
            assert "within 0.5 s" in str(found)
    assert senders() == []


async def test_who_drips_is_left_after_the_time_out() -> None:
    async with answering(http(200, "x" * 1000), drip=0.1) as server:
        assert isinstance(await error_of(channel(webhook(server), SHORT), TELL), Unavailable)


async def test_a_reply_is_not_read_without_end() -> None:
    async with answering(http(500, "x" * (8 << 20))) as server:
        assert isinstance(await error_of(endpoint(server.url), ASK), Unavailable)
        assert isinstance(await error_of(channel(webhook(server)), TELL), Unavailable)


def senders() -> list[str]:
    """The command lines of this process's children that send messages."""
    lines = [Path(f"/proc/{pid}/cmdline") for pid in children(os.getpid())]
    return [line for path in lines if path.exists() and "sending" in (line := path.read_text())]


def leading(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    """From now on a name server says that the name is at that address."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: real({name: address}.get(host, host), *rest, **more)
    )


@parametrized("address", ["169.254.169.254", "::ffff:169.254.169.254", "100.100.100.200", "fe80::1", "fd00:ec2::254"])
async def test_a_name_that_leads_to_a_metadata_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    leading(monkeypatch, "friend.example", address)
    found = await error_of(endpoint("https://friend.example"), ASK)
    assert isinstance(found, Invalid)
    assert "a link-local or metadata address" in str(found)


async def test_a_name_that_hides_this_machine_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    leading(monkeypatch, "friend.example", "127.0.0.1")
    async with answering(http(200, "")) as server:
        found = await error_of(endpoint(server.url.replace("127.0.0.1", "friend.example"), allow_insecure=True), ASK)
        assert isinstance(found, Invalid)
        assert "its name hides" in str(found)
    assert server.requests == []


async def test_a_channel_is_not_connected_to_where_an_endpoint_would_not_be() -> None:
    found = await error_of(channel(f"jsons://{METADATA}/{SECRET}"), TELL)
    assert isinstance(found, Invalid)
    assert "a link-local or metadata address" in str(found)
    async with answering(http(200, "")) as server:
        hidden = webhook(server).replace("127.0.0.1", HIDDEN)
        found = await error_of(channel(hidden, allow_insecure=True), TELL)
        assert isinstance(found, Invalid)
        assert "its name hides" in str(found)
    assert server.requests == []


async def test_nobody_is_told_anything_whose_certificate_is_not_trusted(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path), Authority(tmp_path, "other")
    async with answering(http(200, ""), tls=serving(other.issue("server"))) as server:
        assert "certificate" in str(await error_of(endpoint(server.url, ca_file=ours.file), ASK))
        assert isinstance(await error_of(channel(webhook(server), ca_file=ours.file), TELL), Unavailable)
        assert server.requests == []


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(http(200, "")) as proxy, answering(http(200, "")) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert await error_of(endpoint(server.url), ASK) is None
        assert await error_of(channel(webhook(server)), TELL) is None
        assert proxy.requests == []


async def test_an_endpoint_gets_the_operation_the_plan_the_target_and_who_calls(tmp_path: Path) -> None:
    token, headers = tmp_path / "token", tmp_path / "headers"
    token.write_text("first\n")
    headers.write_text("X-Tenant: shop\n")
    more: dict[str, Any] = {"bearer_token_file": token, "headers_file": headers, "headers": {"X-Cell": "a"}}
    async with answering(http(200, "")) as server:
        outlets = endpoint(server.url, **more)
        await outlets.call(ASK)
        token.write_text("second\n")
        await outlets.call(ASK)
    (head, body), (again, _) = server.requests
    assert json.loads(body) == {
        "key": "uid-1/0",
        "plan": "shop/agent-1",
        "target": "Deployment/agent",
        "operation": "drain",
        "parameters": {"grace": "30s"},
    }
    for line in ("Authorization: Bearer first", "X-Tenant: shop", "X-Cell: a", "Idempotency-Key: uid-1/0"):
        assert line in head.splitlines()
    assert "Authorization: Bearer second" in again.splitlines()


async def test_a_token_that_is_gone_is_named_by_its_file_and_the_call_may_be_tried_again(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first")
    outlets = endpoint("http://127.0.0.1:9", bearer_token_file=token)
    token.unlink()
    with pytest.raises(Unavailable, match=r"conductor was not called: .*/token can't be read"):
        await outlets.call(ASK)


async def test_alertmanager_gets_an_alert_whose_labels_are_the_same_each_time() -> None:
    async with answering(http(200, "")) as server:
        outlets = channel(server.url.replace("http", "alertmanager", 1) + "/prefix")
        await outlets.check()
        for _ in range(2):
            await outlets.call(TELL)
    (head, body), (_, again) = server.requests
    assert head.startswith("POST /prefix/api/v2/alerts ")
    assert body == again
    assert json.loads(body) == [
        {
            "labels": {
                "alertname": "AutonomicNotice",
                "severity": "info",
                "plan": "shop/agent-1",
                "target": "Deployment/agent",
                "reference": "uid-1/1",
            },
            "annotations": {"summary": "Plan shop/agent-1", "description": "the agent was scaled"},
        }
    ]


async def test_a_webhook_that_speaks_as_slacks_gets_a_text() -> None:
    async with answering(http(200, "ok")) as server:
        await channel(webhook(server) + "?:message=text&:title=&:type=&:version=&:attachments=").call(TELL)
    ((_, body),) = server.requests
    assert list(json.loads(body)) == ["text"]
    assert json.loads(body)["text"].startswith("the agent was scaled\n")


MAIL = "mailto://127.0.0.1:{port}?from=autonomic@example.com&to=oncall@example.com"


@parametrized(
    ("answers", "kind"),
    [
        ({}, None),
        ({"RCPT": "550 nobody here"}, Invalid),
        ({"MAIL": "451 later"}, Unavailable),
        ({"DATA": "554 no"}, Invalid),
    ],
)
async def test_mail_is_sent_and_its_codes_say_done_later_or_never(
    answers: dict[str, str], kind: type[AutonomicError] | None
) -> None:
    async with mail_server(answers) as mail:
        found = await error_of(channel(MAIL.format(port=mail.port)), TELL)
        assert isinstance(found, kind) if kind else found is None
    assert any("uid-1/1" in line for line in mail.lines) == (kind is None)


@parametrized(
    ("url", "wrong"),
    [
        ("slack://nonsense", "not one that Apprise can use"),
        ("jsons://example.com/hook?verify=no", "verify=no"),
        ("mailtos://u:p@example.com?mode=insecure&to=a@example.com", "mode=insecure"),
        ("https://example.com/hook", "not one that Apprise can use"),
    ],
)
async def test_an_address_that_can_not_be_used_is_told_before_anything_is_sent(url: str, wrong: str) -> None:
    with pytest.raises(Invalid, match=wrong) as told:
        await channel(url).check()
    assert "oncall" in str(told.value)
    assert "example.com" not in str(told.value)


async def test_an_outlet_that_gave_no_answer_is_left_alone_for_a_while_which_grows() -> None:
    clock = ManualClock(NOW)
    async with answering(http(503, "")) as server:
        outlet = Outlet(name="conductor", type="Endpoint", url=server.url)
        outlets = ConfiguredOutlets((outlet,), clock)
        tries = []
        for _ in range(4):
            first = await error_of(outlets, ASK)
            second = await error_of(outlets, replace(ASK, key="uid-2/0"))
            assert str(first) == str(second)
            tries.append(len(server.requests))
            await clock.advance(FIRST)
    assert tries == [1, 2, 2, 3]


async def test_an_outlet_is_left_alone_for_as_long_as_it_asks() -> None:
    clock = ManualClock(NOW)
    async with answering(http(429, "", "Retry-After: 60\r\n")) as server:
        outlets = ConfiguredOutlets((Outlet(name="conductor", type="Endpoint", url=server.url),), clock)
        await error_of(outlets, ASK)
        await clock.advance(59)
        await error_of(outlets, ASK)
        assert len(server.requests) == 1
        await clock.advance(1)
        await error_of(outlets, ASK)
        assert len(server.requests) == 2


async def test_a_look_reaches_the_outlet_and_sends_nothing() -> None:
    async with answering(http(405, "")) as server, mail_server({}) as mail:
        assert await channel(webhook(server)).look("oncall") is None
        assert await channel(MAIL.format(port=mail.port)).look("oncall") is None
        assert (server.requests, mail.commands) == ([], [])
        assert await endpoint(server.url).look("conductor") is None
        ((head, body),) = server.requests
        assert (head.partition(" ")[0], body) == ("HEAD", "")
    assert isinstance(await channel(webhook(server)).look("oncall"), Unavailable)
    assert isinstance(await endpoint(server.url).look("conductor"), Unavailable)
