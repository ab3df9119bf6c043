"""HealthSnapshot: how a workload, a workstream or a whole namespace is, in one number, one word and a few sentences."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from autonomic.domain.model import Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.words import Sentence

SubjectKind = Literal["System", "Workstream", "Agent", "Infra"]
HealthWord = Literal["Healthy", "Degraded", "Critical", "Unknown"]
IssueWord = Literal["None", "Warning", "Breach", "Exhausted", "Degraded", "Critical", "Unknown"]
"""The alert of an objective, or the health of a member of a group."""
TrendWord = Literal["Improving", "Steady", "Worsening"]

MOST_ISSUES = 5
MOST_METRICS = 16
_Short = Annotated[str, StringConstraints(max_length=253)]
_Figure = Annotated[str, StringConstraints(max_length=32)]


class Subject(Status):
    """What a snapshot is of."""

    kind: SubjectKind = Field(
        description="System is the namespace, Workstream what contracts are labelled as, Agent or Infra their target."
    )
    name: _Short = Field(description="Name of the namespace, the workstream or the workload.")

    def __str__(self) -> str:
        """`Agent triage-agent`."""
        return f"{self.kind} {self.name}"


class Issue(Status):
    """One thing that is wrong."""

    about: Sentence = Field(description="What it is about: contract/objective, or a member of the group.")
    state: IssueWord = Field(
        description="The alert of the objective (None: too little budget is left), or the health of the member."
    )
    message: Sentence = Field(description="The same in words, with the figures of when the snapshot was written.")
    since: datetime | None = Field(default=None, description="Since when it is so.")


class Measured(Status):
    """One figure behind the score."""

    name: Sentence = Field(description="What was measured, and of what.")
    value: _Figure = Field(description="The figure, as a decimal number.")
    unit: _Figure = Field(description="Its unit.")


class Cause(Status):
    """What is probably to blame."""

    kind: SubjectKind = Field(description="What it is.")
    name: _Short = Field(description="Its name.")
    message: Sentence = Field(description="Why we think so.")


class HealthSnapshotStatus(Status):
    """Written by the operator, when health, trend, issues or probable cause change, or the score by five points."""

    subject: Subject | None = Field(default=None, description="What the snapshot is of.")
    tenant: _Short = Field(default="", description="The namespace.")
    health: HealthWord = Field(
        default="Unknown", description="In one word. Unknown: too little is known to call it Healthy."
    )
    score: int | None = Field(
        default=None, ge=0, le=100, description="100 is flawless, under 50 is Critical; left out when Unknown."
    )
    trend: TrendWord = Field(default="Steady", description="Where the score went in the last quarter of an hour.")
    since: datetime | None = Field(default=None, description="Since when the health has been this word.")
    incident: datetime | None = Field(
        default=None, description="When the trouble that goes on began; left out when there is none."
    )
    issues: tuple[Issue, ...] = Field(
        default=(), max_length=MOST_ISSUES, description="What is wrong, worst first; what is Unknown comes last."
    )
    cause: Cause | None = Field(default=None, description="A dependency that went wrong no later, where there is one.")
    metrics: tuple[Measured, ...] = Field(
        default=(),
        max_length=MOST_METRICS,
        description="Figures behind the score, of the worst objectives or of members.",
    )
    observed_at: datetime | None = Field(default=None, description="The moment that this speaks of.")


class HealthSnapshot(Resource):
    """How a workload, a workstream or a namespace is. Written by the operator alone, on transitions; it decides nothing."""

    names: ClassVar = Names(
        kind="HealthSnapshot",
        plural="healthsnapshots",
        short=("hs",),
        namespaced=True,
        columns=(
            Column("Health", ".status.health"),
            Column("Score", ".status.score", "integer"),
            Column("Trend", ".status.trend"),
            Column("Issue", ".status.issues[0].about"),
            Column("Cause", ".status.cause.name"),
            Column("Message", ".status.issues[0].message", wide=True),
            Column("Since", ".status.since", "date"),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".status.health", ".status.subject.kind"),
    )
    status: HealthSnapshotStatus = HealthSnapshotStatus()
