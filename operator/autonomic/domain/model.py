"""How every resource is modelled: frozen, strict about unknown fields, camelCase on the wire.

A `Model` may carry CEL rules (`cel_rules`): the CRD generator writes them as `x-kubernetes-validations`. A `TypedUnion` is a
union that carries `type` and one member named after it, checked here and by CEL alike.
"""

from functools import cache
from typing import Any, ClassVar, Self, get_args

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A frozen value. Unknown fields are errors, so a misspelt limit is never silently ignored."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")

    cel_rules: ClassVar[tuple[tuple[str, str], ...]] = ()
    """CEL rules of this object in the CRD: (rule, message)."""

    def wire(self) -> dict[str, Any]:
        """The object as the API server stores it: camelCase, JSON types, absent instead of null."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Status(Model):
    """A status: fields of another version are ignored, since only the operator writes it."""

    model_config = ConfigDict(extra="ignore")


def member_name(type_name: str) -> str:
    """The field that a union's type demands: `Scale` -> `scale`, `SLOAlert` -> `sloAlert`."""
    head = len(type_name) - len(type_name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if head <= 1:
        return type_name[0].lower() + type_name[1:]
    if head == len(type_name):
        return type_name.lower()
    return type_name[: head - 1].lower() + type_name[head - 1 :]


class TypedUnion(Model):
    """Exactly the member that `type` names is present."""

    type: str

    @classmethod
    def types(cls) -> tuple[str, ...]:
        """The values that `type` may take."""
        return get_args(cls.model_fields["type"].annotation)

    @classmethod
    def union_rules(cls) -> tuple[tuple[str, str], ...]:
        """The CEL rules that hold the union together."""
        return tuple(
            (
                f"has(self.{member_name(name)}) == (self.type == '{name}')",
                f"set {member_name(name)} exactly when type is {name}",
            )
            for name in cls.types()
        )

    @model_validator(mode="after")
    def _one_member(self) -> Self:
        for name, attribute in _members(type(self)):
            if (getattr(self, attribute) is not None) != (self.type == name):
                raise ValueError(f"type is {self.type}: set {member_name(name)} exactly when type is {name}")
        return self


@cache
def _members(union: type[TypedUnion]) -> tuple[tuple[str, str], ...]:
    """The values of `type`, each with the attribute that it demands."""
    aliases = {info.alias or name: name for name, info in union.model_fields.items()}
    return tuple((name, aliases[member_name(name)]) for name in union.types())
