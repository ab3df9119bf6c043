"""What senders write, and the signals that come of it."""

from datetime import timedelta
from typing import Any

import pytest

from autonomic.domain.signals.received import Signal
from tests.unit.signals.sending import ALERTS, BATCH, NOON, STRUCTURED, World, at, event

JSON = "application/json"


def run(kind: str, **content: Any) -> dict[str, Any]:
    """A CDEvent of a run that ended."""
    type_ = f"dev.cdevents.{kind}.finished.0.3.0-draft"
    data = {
        "context": {"version": "0.6.0", "id": "e1", "source": "/ci", "type": type_, "timestamp": NOON.isoformat()},
        "subject": {"id": "run-7", "source": "/ci", "type": "pipelineRun", "content": content},
    }
    return event(type=type_, data=data)


def alert(**changes: Any) -> dict[str, Any]:
    """An alert that began half an hour before noon and goes on."""
    return {
        "status": "firing",
        "labels": {"alertname": "TooSlow", "namespace": "shop", "deployment": "triage"},
        "annotations": {"summary": "slow"},
        "startsAt": at(minutes=-30),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": "8d5f",
    } | changes


def webhook(*alerts: Any, **changes: Any) -> dict[str, Any]:
    """A notification, with a key that no version knows yet."""
    whole = {"version": "4", "groupKey": "{}", "truncatedAlerts": 0, "status": "firing", "receiver": "us", "new": 1}
    return whole | {"alerts": list(alerts)} | changes


async def test_a_structured_event_becomes_a_signal(world: World) -> None:
    answer = await world.send(event(), STRUCTURED)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "refused": []})
    labels = {"deployment": "triage", "code": "429"}
    assert world.delivered == [Signal("TaskFailureCount", "shop", labels, 2.0, NOON, "/conductor/shop", "1")]


async def test_a_second_event_of_the_same_form_is_read_alike(world: World) -> None:
    await world.send([event("1"), event("2"), event("3", data={"value": 5})])
    first, second, third = world.delivered
    assert (second.labels, second.at, second.value) == (first.labels, first.at, first.value)
    assert (third.labels, third.value) == ({}, 5.0)


async def test_a_binary_event_has_its_attributes_in_headers(world: World) -> None:
    attributes = {f"ce-{name}": value for name, value in event(data=None, source="/a%20b").items()}
    headers = {"Authorization": "Bearer workers", "Content-Type": JSON, **attributes}
    answer = await world.http.post("/autonomic/signals", content='{"value": 7}', headers=headers)
    assert answer.status_code == 202
    (signal,) = world.delivered
    assert (signal.source, signal.value, signal.at) == ("/a b", 7.0, NOON)


async def test_an_event_without_a_namespace_is_of_the_one_that_the_address_names(world: World) -> None:
    answer = await world.send([event(namespace=None)], to="/autonomic/signals?namespace=shop")
    assert answer.status_code == 202
    assert world.delivered[0].namespace == "shop"


@pytest.mark.parametrize(
    ("kind", "content", "value", "label"),
    [
        ("pipelinerun", {"pipelineName": "build", "outcome": "success"}, 1.0, ("pipeline", "build")),
        ("taskrun", {"taskName": "lint", "outcome": "failure"}, 0.0, ("job", "lint")),
        ("testsuiterun", {"testSuite": {"id": "9", "name": "auth"}, "outcome": "fail"}, 0.0, ("suite", "auth")),
        ("testsuiterun", {"testSuite": {"id": "9"}, "outcome": "error"}, 0.0, ("suite", "9")),
    ],
)
async def test_a_run_that_ended_tells_how_the_build_stands(
    world: World, kind: str, content: dict[str, Any], value: float, label: tuple[str, str]
) -> None:
    assert (await world.send([run(kind, **content)])).status_code == 202
    (signal,) = world.delivered
    assert (signal.type, signal.value, signal.labels["run"]) == ("CiBuildStatus", value, "run-7")
    assert label in signal.labels.items()


async def test_a_cancelled_run_is_kept_and_says_nothing_of_the_build(world: World) -> None:
    assert (await world.send([run("pipelinerun", pipelineName="build", outcome="cancel")])).json()["accepted"] == 1
    assert world.delivered == []


async def test_an_outcome_that_nobody_knows_is_refused_by_name(world: World) -> None:
    answer = await world.send([run("taskrun", outcome="great")])
    assert answer.status_code == 422
    assert "outcome is 'great': known are success" in answer.json()["detail"]


async def test_feedback_of_a_person_becomes_a_rating_and_thumbs_of_a_task(world: World) -> None:
    data = {"task": "t-1", "rating": 2, "thumbs": "down", "labels": {"agent": "summariser"}}
    answer = await world.send([event(type="dev.maestro.feedback.v1", data=data)])
    assert answer.json()["accepted"] == 2
    assert [(each.type, each.value) for each in world.delivered] == [("HumanRating", 2.0), ("HumanThumbs", -1.0)]
    assert all(each.labels == {"agent": "summariser", "task": "t-1"} for each in world.delivered)


@pytest.mark.parametrize(
    ("type_", "data", "word"),
    [
        ("dev.maestro.feedback.v1", {"task": "t"}, "neither rating"),
        ("dev.maestro.feedback.v1", {"task": "t", "rating": 9}, "from 1 to 5"),
        ("dev.maestro.feedback.v1", {"rating": 3}, "`task`"),
        ("dev.maestro.signal.HumanRating.v1", {"value": 3}, "data.labels.task is missing"),
        ("dev.maestro.signal.HumanThumbs.v1", {"value": 3, "labels": {"task": "t"}}, "thumbs up"),
    ],
)
async def test_feedback_that_says_nothing_usable_is_refused(
    world: World, type_: str, data: dict[str, Any], word: str
) -> None:
    answer = await world.send([event(type=type_, data=data)])
    assert answer.status_code == 422
    assert word in answer.json()["detail"]


async def test_an_alert_that_fires_is_a_signal_of_now_however_long_ago_it_began(world: World) -> None:
    answer = await world.send(webhook(alert(startsAt=at(days=-3))), JSON, to=ALERTS)
    assert answer.status_code == 202
    (signal,) = world.delivered
    assert (signal.type, signal.value, signal.at, signal.source) == ("TooSlow", 1.0, NOON, "alertmanager")
    assert signal.labels == {"deployment": "triage"}


async def test_a_repeated_alert_is_known_again_and_its_end_is_news(world: World) -> None:
    await world.send(webhook(alert()), JSON, to=ALERTS)
    await world.clock.advance(60)
    ended = alert(status="resolved", endsAt=at(seconds=30))
    answer = await world.send(webhook(alert(), ended), JSON, to=ALERTS)
    assert answer.json() == {"accepted": 1, "duplicates": 1, "refused": []}
    assert [each.value for each in world.delivered] == [1.0, 0.0]
    assert world.delivered[-1].at == NOON + timedelta(seconds=30)


async def test_what_alertmanager_left_out_is_told_and_counted(world: World) -> None:
    answer = await world.send(webhook(alert(), truncatedAlerts=12), JSON, to=ALERTS)
    assert answer.json()["truncated"] == 12
    assert world.left_out == 1
    await world.send(webhook(alert(fingerprint="another")), JSON, to=ALERTS)
    assert world.left_out == 1
    assert world.metric("autonomic_signals_truncated_total{") == [
        'autonomic_signals_truncated_total{sender="system:serviceaccount:shop:worker"} 12'
    ]


async def test_one_bad_alert_fails_alone(world: World) -> None:
    bad = alert(startsAt="yesterday")
    answer = await world.send(webhook(bad, alert()), JSON, to=ALERTS)
    assert answer.json()["accepted"] == 1
    (refused,) = answer.json()["refused"]
    assert (refused["index"], refused["reason"]) == (0, "Malformed")


@pytest.mark.parametrize("body", [webhook(alert(), version="3"), {"alerts": []}, [1], "{", "[" * 50_000])
async def test_what_is_no_webhook_of_version_4_is_refused(world: World, body: Any) -> None:
    assert (await world.send(body, JSON, to=ALERTS)).status_code == 400


async def test_nobody_speaks_for_alertmanager_by_way_of_events(world: World) -> None:
    answer = await world.send([event(source="alertmanager")], BATCH)
    assert "reserved" in answer.json()["detail"]
