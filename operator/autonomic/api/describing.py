"""What the description of the API says of all routes alike, beyond what the framework finds in each."""

from collections.abc import Iterator
from typing import Any

from autonomic.api.examples import EXAMPLES, PLACES
from autonomic.api.problems import Problem, documented
from autonomic.api.tagging import BELOW

Description = dict[str, Any]
_REFS = "#/components/schemas/{model}"
_MARK = {"schema": {"type": "string"}, "description": "A mark of this answer."}
_KNOWN = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the answer that the caller has.",
}


def finished(description: Description) -> Description:
    """The same description, with the schema of problems, marks of answers, and examples."""
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=_REFS)
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for unspoken in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unspoken, None)
    for path, method, operation in _operations(description):
        if "application/json" in operation["responses"].get("422", {}).get("content", {}):
            operation["responses"] |= {str(status): each for status, each in documented(422).items()}
        if (example := EXAMPLES.get(f"{method} {path}")) is not None:
            _whole(operation)["example"] = example
        if method == "GET" and path.startswith(BELOW) and "application/json" in _answers(operation):
            _mark(operation)
        for begin, name in PLACES.items():
            if path.startswith(begin):
                _place(operation, {"namespace": "shop", "name": name})
    return description


def _operations(description: Description) -> Iterator[tuple[str, str, Description]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def _answers(operation: Description) -> Description:
    found: Description = operation["responses"].get("200", {}).get("content", {})
    return found


def _whole(operation: Description) -> Description:
    """The content of the answer that is given where all is well."""
    well = next(each for status, each in sorted(operation["responses"].items()) if status.startswith("2"))
    content: Description = next(iter(well["content"].values()))
    return content


def _place(operation: Description, named: dict[str, str]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter["example"] = named[parameter["name"]]


def _mark(operation: Description) -> None:
    operation.setdefault("parameters", []).append(_KNOWN)
    operation["responses"]["200"]["headers"] = {"ETag": _MARK}
    operation["responses"]["304"] = {"description": "The caller has this answer.", "headers": {"ETag": _MARK}}
