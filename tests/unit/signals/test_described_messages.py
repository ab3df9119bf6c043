"""Messages as the documentation shows them: each example fits its description, and is accepted as it stands."""

from typing import Any

import jsonschema_rs
import pytest

from autonomic.api.messages import ALERTS as NOTIFICATIONS
from autonomic.api.messages import EVENTS, JSON
from tests.unit.signals.sending import ALERTS, SIGNALS, World

SHOWN = [(to, kind, each) for to, form in ((SIGNALS, EVENTS), (ALERTS, NOTIFICATIONS)) for kind, each in form.items()]
HEADERS = {"specversion": "1.0", "type": "dev.maestro.signal.TaskFailureCount.v1", "source": "/conductor", "id": "1"}


@pytest.mark.parametrize(("to", "kind", "shown"), SHOWN)
async def test_what_is_shown_of_a_message_is_accepted_as_it_stands(
    world: World, to: str, kind: str, shown: dict[str, Any]
) -> None:
    jsonschema_rs.validator_for(shown["schema"]).validate(shown["example"])
    headers = {f"ce-{name}": value for name, value in HEADERS.items()} if (to, kind) == (SIGNALS, JSON) else {}
    world.http.headers.update(headers)
    answer = await world.send(shown["example"], kind, to=f"{to}?namespace=shop")
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "duplicates": 0, "refused": []})


@pytest.mark.parametrize(("to", "kind", "shown"), SHOWN)
async def test_the_documentation_shows_it_where_it_is_sent(
    world: World, to: str, kind: str, shown: dict[str, Any]
) -> None:
    description = (await world.http.get("/openapi.json")).json()
    assert description["paths"][to]["post"]["requestBody"]["content"][kind] == shown
