"""Actions, twice: as an owner writes them (what may be done, relative) and as a plan fixes them (absolute values)."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from autonomic.domain.meta import TargetRef, WorkloadRef
from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.words import Name


class ScaleBy(Model):
    """How far one plan may move the replicas."""

    cel_rules: ClassVar = (
        ("self.by != 0", "by is 0: it would change nothing"),
        ("self.min <= self.max", "min is above max"),
    )

    by: int = Field(ge=-1000, le=1000, description="Replicas to add; negative removes.")
    min: int = Field(default=1, ge=0, le=10000, description="Never propose fewer replicas than this.")
    max: int = Field(ge=1, le=10000, description="Never propose more replicas than this.")


class RestartPods(Model):
    """Roll the pods once. It takes no parameters."""


class PermittedAction(TypedUnion):
    """An action that the owner of a contract or playbook allows to be proposed."""

    type: Literal["Scale", "Restart"] = Field(description="What to do.")
    target_ref: WorkloadRef | None = Field(
        default=None, description="What to act on; the owner's target when left out."
    )
    scale: ScaleBy | None = Field(default=None, description="Parameters of Scale.")
    restart: RestartPods | None = Field(default=None, description="Parameters of Restart.")


class Scale(Model):
    """The replicas that the target shall have."""

    replicas: int = Field(ge=0, le=10000, description="Absolute number of replicas.")


class Restart(Model):
    """The restart mark that the pod template shall carry."""

    at: datetime = Field(description="Mark written to the pod template; a new mark rolls the pods once.")


class Plugin(Model):
    """An action that a plug-in carries out."""

    name: Name = Field(description="Name under which the plug-in registers its action.")
    parameters: dict[
        Annotated[str, StringConstraints(max_length=63)], Annotated[str, StringConstraints(max_length=1024)]
    ] = Field(default_factory=dict, max_length=32, description="Parameters, as the plug-in documents them.")


class Action(TypedUnion):
    """One step of a plan: an absolute change of one object."""

    type: Literal["Scale", "Restart", "Plugin"] = Field(description="What is done.")
    target_ref: TargetRef = Field(description="The object that is changed.")
    scale: Scale | None = Field(default=None, description="Parameters of Scale.")
    restart: Restart | None = Field(default=None, description="Parameters of Restart.")
    plugin: Plugin | None = Field(default=None, description="Parameters of Plugin.")
