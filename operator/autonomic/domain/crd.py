"""CustomResourceDefinitions, generated from the models: structural, described, bounded.

Source of the form: Kubernetes' structural schemas. A field without a description or without a bound is an error here, so
that the API server never has to guess the cost of a CEL rule.
"""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.words import GROUP, VERSION

Schema = dict[str, Any]
_KEEP = (
    "type", "description", "enum", "default", "pattern", "format", "minimum", "maximum",
    "minLength", "maxLength", "minItems", "maxItems", "maxProperties",
)  # fmt: skip
_STRING_BOUND = {"date-time": 40, "date": 10}


class _Annotated(GenerateJsonSchema):
    """Notes on each object which model it comes from, so that its rules can be written beside it."""

    def model_schema(self, schema: Any) -> JsonSchemaValue:
        out = super().model_schema(schema)
        out["x-model"] = schema["cls"]
        return out


def crd(kind: type[Resource]) -> Schema:
    """The CustomResourceDefinition of a kind, as a dict ready for YAML."""
    names = kind.names
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{names.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": _names(names),
            "scope": "Namespaced" if names.namespaced else "Cluster",
            "versions": [_version(kind)],
        },
    }


def _names(names: Names) -> Schema:
    return {
        "kind": names.kind,
        "listKind": f"{names.kind}List",
        "plural": names.plural,
        "singular": names.kind.lower(),
        "shortNames": list(names.short),
        "categories": ["autonomic"],
    }


def _version(kind: type[Resource]) -> Schema:
    names = kind.names
    version: Schema = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [_column(column) for column in names.columns],
        "schema": {"openAPIV3Schema": _root(kind)},
    }
    if names.selectable:
        version["selectableFields"] = [{"jsonPath": path} for path in names.selectable]
    return version


def _column(column: Column) -> Schema:
    shown: Schema = {"name": column.name, "type": column.type, "jsonPath": column.path}
    return shown | ({"priority": 1} if column.wide else {})


def _root(kind: type[Resource]) -> Schema:
    """A kind that nobody but the operator writes has a status alone."""
    parts = [part for part in ("spec", "status") if part in kind.model_fields]
    required = {"required": ["spec"]} if "spec" in parts else {}
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip(),
        **required,
        "properties": {
            "apiVersion": {"type": "string", "description": "Version of the schema."},
            "kind": {"type": "string", "description": "Kind of the object."},
            "metadata": {"type": "object"},
            **{part: structural(_model_of(kind, part)) for part in parts},
        },
    }


def _model_of(kind: type[Resource], part: str) -> type[BaseModel]:
    model = kind.model_fields[part].annotation
    assert isinstance(model, type) and issubclass(model, BaseModel)  # noqa: S101 - a kind declares models
    return model


def structural(model: type[BaseModel]) -> Schema:
    """The structural schema of a model. Raises ValueError that names a field without description or bound."""
    raw = model.model_json_schema(by_alias=True, schema_generator=_Annotated)
    return _convert(raw, raw.get("$defs", {}), model.__name__)


def _convert(raw: Schema, definitions: Schema, path: str) -> Schema:
    node = _resolve(raw, definitions)
    schema = {key: node[key] for key in _KEEP if key in node}
    if isinstance(schema.get("default"), dict | list):
        schema["default"] = _without_nulls(schema["default"])
    if "const" in node:
        schema["enum"] = [node["const"]]
    shape = {"object": _object, "array": _array, "string": _string}.get(str(node.get("type")))
    if shape:
        shape(schema, node, definitions, path)
    if "description" not in schema:
        raise ValueError(f"{path} has no description")
    return schema


def _without_nulls(default: Any) -> Any:
    """The API server refuses a default that sets an optional field to null."""
    if isinstance(default, list):
        return [_without_nulls(each) for each in default]
    if not isinstance(default, dict):
        return default
    return {name: _without_nulls(value) for name, value in default.items() if value is not None}


def _resolve(raw: Schema, definitions: Schema) -> Schema:
    """Inlines `$ref`, and an optional's `anyOf [X, null]` becomes X: absent is absent."""
    node = dict(raw)
    options = [option for option in node.pop("anyOf", []) if option.get("type") != "null"]
    if options:
        node = options[0] | node
    if node.get("default", ...) is None:
        node.pop("default")
    if "$ref" in node:
        name = node.pop("$ref").rsplit("/", 1)[1]
        node = _resolve(definitions[name], definitions) | node
    return node


def _object(schema: Schema, node: Schema, definitions: Schema, path: str) -> None:
    if "patternProperties" in node:
        raise ValueError(f"{path} is a map whose keys have a pattern: a structural schema has no such thing")
    if "properties" not in node and isinstance(node.get("additionalProperties"), dict):
        _map(schema, node, definitions, path)
        return
    properties = {
        name: _convert(part, definitions, f"{path}.{name}") for name, part in node.get("properties", {}).items()
    }
    if properties:
        schema["properties"] = properties
    if node.get("required"):
        schema["required"] = node["required"]
    if rules := _rules(node.get("x-model"), properties):
        schema["x-kubernetes-validations"] = rules


def _map(schema: Schema, node: Schema, definitions: Schema, path: str) -> None:
    value = {"description": "Value.", **node["additionalProperties"]}
    schema["additionalProperties"] = _convert(value, definitions, f"{path}[*]")
    if "maxProperties" not in schema:
        raise ValueError(f"{path} has no maxProperties")


def _rules(model: type[BaseModel] | None, properties: Schema) -> list[Schema]:
    if model is None or not issubclass(model, Model):
        return []
    rules = [*model.__dict__.get("cel_rules", ()), *(model.union_rules() if issubclass(model, TypedUnion) else ())]
    mutable = model.__dict__.get("immutable_but")
    if mutable is not None:
        rules += [
            (f"self.{name} == oldSelf.{name}", f"{name} is fixed when the plan is made")
            for name in properties
            if name not in mutable
        ]
    return [{"rule": rule, "message": message} for rule, message in rules]


def _array(schema: Schema, node: Schema, definitions: Schema, path: str) -> None:
    item = {"description": "Item.", **node["items"]}
    schema["items"] = _convert(item, definitions, f"{path}[]")
    if "maxItems" not in schema:
        raise ValueError(f"{path} has no maxItems")
    if key := node.get("x-map-key"):
        schema["x-kubernetes-list-type"] = "map"
        schema["x-kubernetes-list-map-keys"] = [key]
    else:
        schema["x-kubernetes-list-type"] = "atomic"


def _string(schema: Schema, node: Schema, _definitions: Schema, path: str) -> None:
    if "maxLength" not in schema and "enum" not in schema:
        if node.get("format") not in _STRING_BOUND:
            raise ValueError(f"{path} has no maxLength")
        schema["maxLength"] = _STRING_BOUND[node["format"]]
