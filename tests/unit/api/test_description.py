"""The description of the API: whole, with examples that fit it, and shown without the internet."""

import re
from typing import Any

import httpx
import jsonschema_rs
import pytest

from autonomic.api.examples import EXAMPLES, PLACES


@pytest.fixture
async def description(http: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get("/openapi.json")).json()
    return found


def references(node: Any) -> set[str]:
    """Everything that is referred to."""
    if isinstance(node, list):
        return set().union(*map(references, node))
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own.union(*map(references, node.values()))


def test_everything_that_is_referred_to_is_there(description: dict[str, Any]) -> None:
    for each in references(description):
        part: Any = description
        for step in each.removeprefix("#/").split("/"):
            part = part[step]


def test_each_example_of_an_answer_fits_its_description(description: dict[str, Any]) -> None:
    seen = set()
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    if status.startswith("2") and "example" in content:
                        schema = {**content["schema"], "components": description["components"]}
                        jsonschema_rs.validator_for(schema).validate(content["example"])
                        seen.add(f"{method.upper()} {path}")
    assert seen == EXAMPLES.keys() - {"GET /autonomic/routes"}


def test_every_route_says_which_problems_it_answers_with(description: dict[str, Any]) -> None:
    for path, methods in description["paths"].items():
        for operation in methods.values():
            problems = [
                answer["content"]["application/problem+json"]["schema"]
                for status, answer in operation["responses"].items()
                if status[0] in "45"
            ]
            assert all(each == {"$ref": "#/components/schemas/Problem"} for each in problems)
            assert problems or path == "/livez"


def test_places_in_paths_have_names_to_begin_with(description: dict[str, Any]) -> None:
    operation = description["paths"]["/autonomic/plans/{namespace}/{name}"]["get"]
    named = {each["name"]: each["example"] for each in operation["parameters"] if each["in"] == "path"}
    assert named == {"namespace": "shop", "name": PLACES["/autonomic/plans/"]}


async def test_the_page_needs_no_internet_and_no_token(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) >= 3
    for each in loaded:
        assert each.startswith("/docs/files/")
        assert (await http.get(each)).status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert '"validatorUrl": null' in page.text


async def test_a_file_that_is_none_of_the_page_is_a_problem(http: httpx.AsyncClient) -> None:
    for path in ("/docs/files/none.js", "/docs/files/../../pyproject.toml", "/docs/files/%2e%2e/core.py"):
        answer = await http.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
