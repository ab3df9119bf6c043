"""A resource: metadata, spec and status of one of our kinds, and what its CRD says about it."""

from dataclasses import dataclass
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

    @property
    def key(self) -> str:
        """`namespace/name`, or the name of a cluster-scoped object."""
        return self.ref.key

    @property
    def ref(self) -> ObjectRef:
        """Where this object is."""
        return ObjectRef(
            api_version=API_VERSION,
            kind=self.names.kind,
            name=self.metadata.name,
            namespace=self.metadata.namespace,
        )
