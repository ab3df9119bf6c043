"""Schemathesis over every route finds nothing: no fault, no answer that the description does not have, no open door."""

import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.fuzzing.hunt import Catch, hunt
from tests.fuzzing.table import table
from tests.fuzzing.world import served

EXAMPLES, SEED = 3, 20261123


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture(scope="module")
def catch(api: str) -> Catch:
    """What a bounded hunt brings home."""
    return hunt(api, EXAMPLES, SEED)


def test_every_route_was_asked_and_nothing_was_found(
    api: str, catch: Catch, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{table(catch)}\n")
    assert not catch.found, "\n".join(catch.found)
    paths = httpx.get(f"{api}/openapi.json").json()["paths"]
    described = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    asked = {label for label, row in catch.rows.items() if row.requests}
    assert described <= asked
    assert len(described) >= 16


def test_every_route_but_probes_and_metrics_wants_a_token(api: str) -> None:
    paths = httpx.get(f"{api}/openapi.json").json()["paths"]
    open_ones = set()
    for path, methods in paths.items():
        for method in methods:
            address = path.replace("{namespace}", "shop").replace("{name}", "triage")
            if httpx.request(method.upper(), api + address).status_code != 401:
                open_ones.add(path)
    assert open_ones == {"/livez", "/readyz", "/metrics"}
