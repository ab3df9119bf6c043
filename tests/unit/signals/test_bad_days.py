"""Clocks that are wrong, numbers that are none, bodies that are too much."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from autonomic.domain.errors import Unavailable
from autonomic.signals.limits import Limits
from tests.unit.signals.sending import BATCH, NOON, STRUCTURED, World, at, event


def detail(answer: Any) -> str:
    """The sentence of a problem."""
    text: str = answer.json()["detail"]
    return text


async def test_one_bad_event_of_a_batch_fails_alone_with_its_index_and_reason(world: World) -> None:
    answer = await world.send([event("1"), {"id": 5}, event("3"), 17, event("5", data="x")])
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 2
    assert [(each["index"], each["reason"]) for each in answer.json()["refused"]] == [
        (1, "Malformed"),
        (3, "Malformed"),
        (4, "Malformed"),
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
async def test_what_is_no_finite_number_fails_alone(world: World, number: str) -> None:
    bad = json.dumps(event("2")).replace('"value": 2', f'"value": {number}')
    answer = await world.send(f"[{json.dumps(event('1'))}, {bad}]")
    assert answer.json()["accepted"] == 1
    (refused,) = answer.json()["refused"]
    assert (refused["index"], refused["reason"]) == (1, "NotFinite")


@pytest.mark.parametrize(
    ("moment", "reason"),
    [(at(minutes=-61), "TooOld"), (at(minutes=6), "InFuture"), ("2026-11-22T12:00:00", "Malformed")],
)
async def test_a_clock_that_is_wrong_is_told_so(world: World, moment: str, reason: str) -> None:
    answer = await world.send([event("1", time=moment), event("2"), event("3", data={"at": moment})])
    assert answer.json()["accepted"] == 1
    assert [(each["index"], each["reason"]) for each in answer.json()["refused"]] == [(0, reason), (2, reason)]


async def test_a_clock_that_is_a_little_wrong_is_forgiven(world: World) -> None:
    answer = await world.send([event("1", time=at(minutes=4)), event("2", time=at(minutes=-59))])
    assert answer.json()["accepted"] == 2
    assert world.delivered[0].at == NOON


async def test_what_comes_out_of_order_is_kept_and_does_not_replace_the_newest_value(world: World) -> None:
    late = event("1", data={"value": 5})
    early = event("2", time=at(minutes=-10), data={"value": 9})
    await world.send([late, early])
    assert world.metric("autonomic_signal_last{") == [
        'autonomic_signal_last{namespace="shop",signal="TaskFailureCount"} 5.0'
    ]
    assert world.metric("autonomic_signal_sum{") == [
        'autonomic_signal_sum{namespace="shop",signal="TaskFailureCount"} 14.0'
    ]


async def test_an_unknown_type_is_kept_counted_visible_and_not_acted_on(world: World) -> None:
    unknown = [event("1", type="com.acme.thing", data=[1]), event("2", type="dev.maestro.signal.TaskFailures.v1")]
    answer = await world.send(unknown)
    assert answer.json()["accepted"] == 2
    assert world.delivered == []
    assert len(world.log.kept[0].signals) == 2
    assert world.metric("autonomic_signals_unknown_total{")[0].endswith(" 2")
    assert any('signal="com.acme.thing"' in line for line in world.metric("autonomic_signal_occurrences_total{"))


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"labels": {"a-b": "x"}}},
        {"data": {"labels": {"__name__": "x"}}},
        {"data": {"labels": {"9": "x"}}},
        {"data": {"labels": {"a" * 65: "x"}}},
        {"data": {"labels": {"a": "x" * 513}}},
        {"data": {"labels": {"a": "line\nline"}}},
        {"data": {"labels": {f"l{number}": "x" for number in range(33)}}},
        {"data": {"labels": {f"l{number}": "x" * 500 for number in range(5)}}},
    ],
)
async def test_labels_are_bounded_and_legal(world: World, changes: dict[str, Any]) -> None:
    answer = await world.send([event(**changes)])
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["value"] == "BadLabels"


@pytest.mark.parametrize("name", [None, "", "Shop", "shop/x", "x" * 64])
async def test_a_signal_without_a_namespace_is_refused(world: World, name: str | None) -> None:
    answer = await world.send([event(namespace=name)])
    assert answer.json()["errors"][0]["value"] == "NoNamespace"


@pytest.mark.parametrize(
    "changes",
    [{"id": ""}, {"id": "x" * 257}, {"id": "a\nb"}, {"source": ""}, {"type": ""}, {"specversion": "0.3"}, {"id": None}],
)
async def test_an_envelope_that_is_none_is_refused(world: World, changes: dict[str, Any]) -> None:
    await world.send([event("good")])
    answer = await world.send([event("first"), event(**changes)])
    assert (answer.json()["accepted"], answer.json()["refused"][0]["reason"]) == (1, "Malformed")


@pytest.mark.parametrize("body", ["", "{", "[1,", "{}", "null", "[" * 100_000, b"\xff\xfe", '["\\ud800'])
async def test_a_body_that_is_no_batch_is_refused_as_a_whole(world: World, body: str | bytes) -> None:
    assert (await world.send(body)).status_code == 400


async def test_two_events_are_not_one(world: World) -> None:
    answer = await world.send(json.dumps(event("1")) + "," + json.dumps(event("2")), STRUCTURED)
    assert (answer.status_code, world.delivered) == (400, [])


async def test_an_empty_batch_is_nothing_to_refuse(world: World) -> None:
    assert (await world.send([])).json() == {"accepted": 0, "duplicates": 0, "refused": []}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "", "application/cloudevents+json; charset=latin-1"]
)
async def test_a_wrong_content_type_is_named(world: World, kind: str) -> None:
    answer = await world.send([event()], kind)
    assert answer.status_code == 415
    assert BATCH in detail(answer)


@pytest.mark.parametrize("parameters", ["; charset=UTF-8", ';charset="utf-8"; profile=x', ";"])
async def test_parameters_of_a_content_type_that_change_nothing_are_accepted(world: World, parameters: str) -> None:
    assert (await world.send([event()], BATCH + parameters)).status_code == 202


async def test_a_compressed_body_is_not_read(world: World) -> None:
    headers = {"Authorization": "Bearer workers", "Content-Type": BATCH, "Content-Encoding": "gzip"}
    assert (await world.http.post("/autonomic/signals", content=b"x", headers=headers)).status_code == 415


async def test_a_body_of_10_megabytes_is_refused_unread(world: World) -> None:
    answer = await world.send("[" + " " * 10_000_000 + "]")
    assert (answer.status_code, answer.headers["connection"]) == (413, "close")
    assert world.metric("autonomic_signals_refused_total{")[0].startswith(
        'autonomic_signals_refused_total{reason="BodyTooLarge"'
    )


async def test_a_body_of_unknown_length_is_cut_off_where_it_is_too_long(world: World) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 65_536

    headers = {"Authorization": "Bearer workers", "Content-Type": BATCH}
    answer = await world.http.post("/autonomic/signals", content=pieces(), headers=headers)
    assert answer.status_code == 413


async def test_a_batch_of_too_many_events_is_refused_as_a_whole(world: World) -> None:
    answer = await world.send("[" + ",".join(["{}"] * 1001) + "]")
    assert (answer.status_code, "1001 events" in detail(answer)) == (413, True)


async def test_a_sender_without_a_token_is_counted_and_refused(world: World) -> None:
    answer = await world.http.post("/autonomic/signals", content=b"[]", headers={"Content-Type": BATCH})
    assert answer.status_code == 401
    assert world.metric("autonomic_signals_refused_total{") == [
        'autonomic_signals_refused_total{reason="NotAuthenticated",sender=""} 1'
    ]


async def test_signals_of_a_namespace_that_is_not_the_senders_are_refused_alone(world: World) -> None:
    answer = await world.send([event("1"), event("2", namespace="bank")])
    assert answer.json()["accepted"] == 1
    assert answer.json()["refused"] == [
        {"index": 1, "reason": "NotAllowed", "detail": "not allowed: create signals in namespace bank"}
    ]


async def test_a_request_of_nothing_but_foreign_signals_is_forbidden(world: World) -> None:
    assert (await world.send([event(namespace="bank")])).status_code == 403


async def test_the_cluster_is_asked_of_few_namespaces_for_one_request(world: World) -> None:
    answer = await world.send([event(str(number), namespace=f"n{number}") for number in range(17)])
    assert "more than 16 namespaces" in answer.json()["errors"][-1]["detail"]


async def test_a_standby_takes_nothing_and_says_when_to_come_again() -> None:
    world = World(closed="this replica stands by: another one leads")
    answer = await world.send([event()])
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert world.log.kept == []


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("secret of the process"), 500), (Unavailable("secret of the process"), 503)]
)
async def test_a_fault_of_ours_is_answered_as_one_and_nothing_of_it_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(world.reception, "events", broken)
    answer = await world.send([event()])
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "secret" not in answer.text


async def test_signals_are_posted_and_nothing_else(world: World) -> None:
    assert (await world.http.get("/autonomic/signals")).status_code == 405


async def test_the_limits_are_told_in_the_documentation_of_the_address(world: World) -> None:
    paths = (await world.http.get("/openapi.json")).json()["paths"]
    for path in ("/autonomic/signals", "/autonomic/alerts"):
        operation = paths[path]["post"]
        assert {"202", "400", "401", "403", "408", "413", "415", "422", "429", "503"} <= set(operation["responses"])
        assert operation["security"] == [{"KubernetesToken": []}]
        assert operation["description"]


def test_the_least_time_of_remembering_is_ten_minutes() -> None:
    assert Limits().remembered_seconds >= 600
