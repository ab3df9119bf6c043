"""A hunt with schemathesis over every route: what was sent, what was held against the answers, what was found."""

import json
from collections import Counter
from dataclasses import dataclass, field

import schemathesis
from schemathesis.engine import events, from_schema

from tests.fuzzing.world import TOKEN

_LONGEST, _SECONDS = 600, 60.0
_REFUSED = ["2xx", "3xx", "400", "401", "403", "404", "409", "415", "422", "429", "503"]
"""What a request that fits may be answered with: no schema says which plan is there, or what a token means."""


@schemathesis.serializer("application/x-protobuf")
def _as_bytes(_context: object, value: object) -> bytes:
    """Nobody knows the message: what is sent is noise, or nothing."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


@dataclass
class Row:
    """One route, or all of them in a row (stateful)."""

    requests: int = 0
    checks: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    found: set[str] = field(default_factory=set)


@dataclass
class Catch:
    """What came of a hunt, by method and path."""

    rows: dict[str, Row] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    @property
    def found(self) -> list[str]:
        """Everything that was found, and whatever kept the hunt from looking."""
        return [*self.broken, *(f"{label}: {each}" for label, row in self.rows.items() for each in sorted(row.found))]


def hunt(url: str, examples: int, seed: int) -> Catch:
    """Asks every route so many times with what fits its description and what does not. The same seed asks the same."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    schema.config.update(headers={"Authorization": f"Bearer {TOKEN}"})
    schema.config.generation.update(max_examples=examples)
    schema.config.checks.positive_data_acceptance.expected_statuses = _REFUSED
    schema.config.seed = seed
    schema.config.request_timeout = _SECONDS
    catch = Catch()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(catch.rows.setdefault(event.recorder.label, Row()), event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            catch.broken.append(f"the hunt could not go on: {event}"[:_LONGEST])
    return catch


def _count(row: Row, event: events.ScenarioFinished) -> None:
    for interaction in event.recorder.interactions.values():
        row.requests += 1
        if interaction.response is not None:
            row.statuses[interaction.response.status_code] += 1
    for checks in event.recorder.checks.values():
        row.checks += len(checks)
        for check in checks:
            if check.failure_info is not None:
                said = f"{check.name}: {check.failure_info.failure} {check.failure_info.code_sample}"
                row.found.add(" ".join(said.split())[:_LONGEST])
