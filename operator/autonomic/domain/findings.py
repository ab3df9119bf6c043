"""What a loop concludes: reports about what it watches, and findings that ask for a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autonomic.domain.actions import Action, PermittedAction
from autonomic.domain.meta import ObjectRef
from autonomic.domain.model import Status
from autonomic.domain.plans import Evidence, FieldChange, Trigger
from autonomic.domain.verifications import PlanVerification
from autonomic.domain.words import Mode


@dataclass(frozen=True)
class Finding:
    """A reason to change something. `name` is the plan's: the same finding always has the same, so it is created once."""

    loop: str
    owner: ObjectRef
    subject: str
    name: str
    trigger: Trigger
    permitted: tuple[PermittedAction, ...]
    """What may be done, as an owner wrote it; none where `fixed` says what is done."""
    targets: tuple[ObjectRef, ...]
    justification: str
    evidence: Evidence
    verification: PlanVerification
    mode: Mode
    fixed: tuple[Action, ...] = ()
    """What is done, in absolute values, where something is restored."""
    exactly: tuple[FieldChange, ...] = ()
    """The changes that the plan must come to, where it restores something: anything else is not ours to restore."""


@dataclass(frozen=True)
class Fact:
    """Something happened. Logs, Kubernetes Events and metrics render it; `name` is constant, `fields` vary."""

    name: str
    about: ObjectRef
    message: str
    warning: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The status that an object should carry, and the facts to tell when it does. Written only when it differs visibly."""

    about: ObjectRef
    status: Status
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Analysis:
    """All that one turn of a loop concludes."""

    reports: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = ()
