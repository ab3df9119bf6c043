"""A resource: metadata, spec and status of one of our kinds, and what its CRD says about it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from pydantic import ConfigDict

from autonomic.domain.meta import ObjectMeta, ObjectRef
from autonomic.domain.model import Model
from autonomic.domain.words import API_VERSION


@dataclass(frozen=True)
class Column:
    """One column of `kubectl get`."""

    name: str
    path: str
    type: str = "string"
    wide: bool = False


@dataclass(frozen=True)
class Names:
    """How a kind is called and shown."""

    kind: str
    plural: str
    short: tuple[str, ...]
    namespaced: bool
    columns: tuple[Column, ...]
    selectable: tuple[str, ...] = ()


class Resource(Model):
    """An object of one of our kinds, as read from the API server. Frozen: a change is a new object."""

    model_config = ConfigDict(extra="ignore")

    names: ClassVar[Names]
    metadata: ObjectMeta

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Self:
        """The resource in an API server's object. Raises pydantic.ValidationError that names each wrong field."""
        return cls.model_validate({**raw, "status": raw.get("status") or {}})

    def __copy__(self) -> Self:
        """A copy may become another one: what was worked out of this one is not said of it."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).__pydantic_fields__.keys():
            del copied.__dict__[name]
        return copied

    @cached_property
    def key(self) -> str:
        """`namespace/name`, or the name of a cluster-scoped object."""
        return self.ref.key

    @cached_property
    def ref(self) -> ObjectRef:
        """Where this object is."""
        return ObjectRef(
            api_version=API_VERSION,
            kind=self.names.kind,
            name=self.metadata.name,
            namespace=self.metadata.namespace,
        )
