"""AdaptiveRoute: candidates for tasks, how they are learnt about, within which bounds, and where the weights go."""

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, ClassVar, Self

import rfc8785
from pydantic import Field, StringConstraints, model_validator

from autonomic.domain.candidates import MOST_CANDIDATES, WHOLE, Candidate, Share
from autonomic.domain.meta import Condition
from autonomic.domain.model import Model, Status
from autonomic.domain.resource import Column, Names, Resource
from autonomic.domain.route_rules import Epoch, Publication, RouteObjective, RoutePolicy, RouteSafety
from autonomic.domain.words import GROUP, Digest, Mode, Sentence, ShortName

MOST_TASK_TYPES = 16
MOST_PUBLICATIONS = 8
LONGEST_MEMORY = 16_384
"""Characters of what a policy remembers of one task type; what is longer is learnt anew after a restart."""

ADOPTED_ANNOTATION = f"{GROUP}/adopted-policy"
"""On an AdaptiveRoute: what an approved plan adopted, as JSON; admission holds that the operator alone writes it."""
ROUTE_FINALIZER = f"{GROUP}/restore-baseline"
"""On an AdaptiveRoute that published: it stays until the baseline is restored."""

Figure = Annotated[str, StringConstraints(max_length=24)]
"""A figure for people, such as 0.934 or 1.2s; empty where nothing is known."""


class AdaptiveRouteSpec(Model):
    """Which candidates, for which tasks, within which bounds."""

    cel_rules: ClassVar = (
        ("self.candidates.exists(c, c.name == self.baseline)", "baseline is not one of the candidates"),
        (
            f"self.candidates.map(c, c.minWeight).sum() <= {WHOLE}",
            f"the minWeights of all candidates sum to more than {WHOLE}: lower one",
        ),
        (
            f"self.candidates.map(c, c.maxWeight).sum() >= {WHOLE}",
            f"the maxWeights of all candidates sum to less than {WHOLE}: raise one",
        ),
        (
            "!has(self.policy.explorationFloor) || self.candidates.map(c, c.minWeight > self.policy.explorationFloor"
            f" ? c.minWeight : self.policy.explorationFloor).sum() <= {WHOLE}",
            f"the minWeights with explorationFloor under them sum to more than {WHOLE}: lower one",
        ),
        (
            "self.taskTypes.size() == 1 || self.publish.all(p, p.kind == 'ConfigMap' || has(p.taskType))",
            "there are several task types: say taskType for each route that is published to",
        ),
        (
            "self.publish.all(p, !has(p.taskType) || p.taskType in self.taskTypes)",
            "publish names a taskType that is not among taskTypes",
        ),
    )

    task_types: tuple[ShortName, ...] = Field(
        min_length=1, max_length=MOST_TASK_TYPES, description="Kinds of task; each is learnt about by itself."
    )
    candidates: tuple[Candidate, ...] = Field(
        min_length=2,
        max_length=MOST_CANDIDATES,
        description="What a task may be sent to.",
        json_schema_extra={"x-map-key": "name"},
    )
    baseline: ShortName = Field(description="The candidate that gets what it may where nothing is explored.")
    objective: RouteObjective = Field(default=RouteObjective(), description="What is wanted.")
    policy: RoutePolicy = Field(default=RoutePolicy(), description="How it is learnt.")
    safety: RouteSafety = Field(default=RouteSafety(), description="What keeps learning from doing harm.")
    epoch: Epoch = Field(default=Epoch(), description="How often weights are thought over.")
    publish: tuple[Publication, ...] = Field(
        default=(), max_length=MOST_PUBLICATIONS, description="Where weights are written to."
    )
    mode: Mode = Field(
        default=Mode.OBSERVE,
        description=(
            "Observe scores, Propose also asks for what the spec says to be adopted, Enforce publishes within what an"
            " approved plan adopted; the strictest mode in force wins."
        ),
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [each.name for each in self.candidates]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"candidates: {', '.join(twice)} is there twice: names are unique")
        if len(set(self.task_types)) < len(self.task_types):
            raise ValueError(f"taskTypes: {', '.join(self.task_types)} has one twice: name each once")
        if self.baseline not in names:
            raise ValueError(f"baseline: {self.baseline!r} is not one of the candidates {', '.join(names)}")
        _check_bounds(self.candidates, self.policy.exploration_floor or 0)
        self._check_publish()
        return self

    def _check_publish(self) -> None:
        places = [each.place for each in self.publish]
        if twice := sorted({place for place in places if places.count(place) > 1}):
            raise ValueError(f"publish: {twice[0]} is there twice: weights are written once to a place")
        for each in self.publish:
            if each.task_type is None and each.kind != "ConfigMap" and len(self.task_types) > 1:
                raise ValueError(f"publish: {each.place}: {self.cel_rules[4][1]}")
            if each.task_type not in (None, *self.task_types):
                raise ValueError(f"publish: taskType {each.task_type!r} is not among {', '.join(self.task_types)}")

    @property
    def bounds(self) -> str:
        """All that is approved: the whole spec but the mode, as canonical JSON (RFC 8785)."""
        return rfc8785.dumps({name: value for name, value in self.wire().items() if name != "mode"}).decode()

    @property
    def bounds_digest(self) -> str:
        """SHA-256 of it."""
        return f"sha256:{sha256(self.bounds.encode()).hexdigest()}"


def _check_bounds(candidates: tuple[Candidate, ...], floor: int) -> None:
    for each in candidates:
        if each.min_weight > each.max_weight:
            raise ValueError(
                f"candidates: {each.name}: minWeight {each.min_weight} is above maxWeight {each.max_weight}"
            )
    least, most = sum(each.min_weight for each in candidates), sum(each.max_weight for each in candidates)
    if least > WHOLE:
        raise ValueError(f"candidates: the minWeights sum to {least}, more than {WHOLE}: lower one")
    if (lifted := sum(max(each.min_weight, floor) for each in candidates)) > WHOLE:
        raise ValueError(
            f"policy: explorationFloor {floor} makes the minWeights sum to {lifted}, above {WHOLE}: lower it"
        )
    if most < WHOLE:
        raise ValueError(f"candidates: the maxWeights sum to {most}, less than {WHOLE}: raise one")


class ProfileStatus(Status):
    """What is known of one candidate at one task type."""

    task_type: ShortName = Field(description="The task type.")
    candidate: ShortName = Field(description="The candidate.")
    samples: Figure = Field(default="", description="Outcomes behind it; older ones count for less.")
    success: Figure = Field(default="", description="Share of tasks done well.")
    confidence: Figure = Field(default="", description="The share lies in there, 19 times of 20: 0.91-0.95.")
    latency_p50: Figure = Field(default="", description="Median latency in seconds.")
    latency_p95: Figure = Field(default="", description="95 of 100 tasks are done within so many seconds.")
    cost_per_task: Figure = Field(default="", description="Mean cost of a task.")
    json_validity: Figure = Field(default="", description="Share of answers that were valid JSON.")
    last_seen: datetime | None = Field(default=None, description="When its newest outcome came.")


class WeightStatus(Status):
    """The share of one candidate at one task type."""

    task_type: ShortName = Field(description="The task type.")
    candidate: ShortName = Field(description="The candidate.")
    desired: Share = Field(description="Of 1000, where learning leads to, without limits on steps.")
    published: Share = Field(description="Of 1000, what is decided by now.")
    baseline: Share = Field(description="Of 1000, what it has where nothing is explored.")
    why: Sentence = Field(default="", description="Why it is kept out, where it is.")


class EstimateStatus(Status):
    """What the policy as it is now would have earned at one task type, from decisions that it did not make."""

    task_type: ShortName = Field(description="The task type.")
    success: Figure = Field(default="", description="Share of tasks it would have done well; empty where unknown.")
    confidence: Figure = Field(default="", description="The share lies in there, 19 times of 20: 0.91-0.95.")
    effective: Figure = Field(default="", description="How many decisions of its own that is worth; 100 are needed.")
    earned: Figure = Field(default="", description="Share of the same tasks that was done well.")
    why: Sentence = Field(default="", description="Why it is not known, where it is not.")


class MemoryStatus(Status):
    """What the policy of one task type remembers, for after a restart."""

    task_type: ShortName = Field(description="The task type.")
    at: int = Field(default=0, ge=0, description="Tasks that it has learnt from.")
    state: Annotated[str, StringConstraints(max_length=LONGEST_MEMORY)] = Field(description="JSON, as it wrote it.")


class PublishedStatus(Status):
    """What was last written to one place."""

    place: Sentence = Field(description="The object, and the rule or key in it.")
    uid: Annotated[str, StringConstraints(max_length=64)] = Field(default="", description="UID of the object.")
    generation: int = Field(default=0, ge=0, description="Generation of the route that it was written for.")
    rule_digest: Digest | None = Field(default=None, description="Which rule it is: all of it but its weights.")
    written: Digest = Field(description="SHA-256 of the weights, or of the text, that was written.")
    at: datetime = Field(description="When.")


class AdaptiveRouteStatus(Status):
    """Written by the operator: conditions and weights when they change, what was learnt at a slow pace."""

    observed_generation: int = Field(default=0, ge=0, description="Generation of the spec that this speaks of.")
    bounds_digest: Digest | None = Field(
        default=None, description="SHA-256 of all that the spec says but its mode: what a plan to adopt it names."
    )
    adopted_digest: Digest | None = Field(
        default=None, description="SHA-256 of what an approved plan adopted last: what weights move within."
    )
    summary: Sentence = Field(default="", description="For display: the weights of the first task type.")
    stepped_at: datetime | None = Field(default=None, description="When weights last moved.")
    checkpoint_at: datetime | None = Field(default=None, description="When what was learnt was last written down.")
    weights: tuple[WeightStatus, ...] = Field(
        default=(), max_length=MOST_TASK_TYPES * MOST_CANDIDATES, description="Weights by task type and candidate."
    )
    profiles: tuple[ProfileStatus, ...] = Field(
        default=(), max_length=MOST_TASK_TYPES * MOST_CANDIDATES, description="Profiles by task type and candidate."
    )
    estimates: tuple[EstimateStatus, ...] = Field(
        default=(),
        max_length=MOST_TASK_TYPES,
        description="What the policy would have earned, while it is not in force.",
    )
    memory: tuple[MemoryStatus, ...] = Field(
        default=(), max_length=MOST_TASK_TYPES, description="What policies remember, for after a restart."
    )
    targets: tuple[PublishedStatus, ...] = Field(
        default=(), max_length=MOST_PUBLICATIONS, description="What was last written, by place."
    )
    conditions: tuple[Condition, ...] = Field(
        default=(),
        max_length=8,
        description="Ready, Adopted, Exploring, Published, Conflict.",
        json_schema_extra={"x-map-key": "type"},
    )


class AdaptiveRoute(Resource):
    """Tasks go to the candidate that does them best, within bounds that an approved plan adopted."""

    names: ClassVar = Names(
        kind="AdaptiveRoute",
        plural="adaptiveroutes",
        short=("ar",),
        namespaced=True,
        columns=(
            Column("Ready", ".status.conditions[?(@.type=='Ready')].status"),
            Column("Mode", ".spec.mode"),
            Column("Adopted", ".status.conditions[?(@.type=='Adopted')].reason", wide=True),
            Column("Exploring", ".status.conditions[?(@.type=='Exploring')].reason"),
            Column("Published", ".status.conditions[?(@.type=='Published')].reason"),
            Column("Weights", ".status.summary"),
            Column("Baseline", ".spec.baseline", wide=True),
            Column("Bounds", ".status.boundsDigest", wide=True),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ),
        selectable=(".spec.mode",),
    )
    spec: AdaptiveRouteSpec
    status: AdaptiveRouteStatus = AdaptiveRouteStatus()

    @property
    def adopted(self) -> AdaptiveRouteSpec | None:
        """What was adopted last, in the mode of the spec; None where nothing was, or this version can't read it."""
        return _adopted(self.metadata.annotations.get(ADOPTED_ANNOTATION, ""), self.spec.mode)

    @property
    def approved(self) -> bool:
        """Whether what the spec says is what was adopted."""
        return self.adopted == self.spec

    @property
    def standing(self) -> Self:
        """The route as it is worked by: where weights may move, or have to be put back, by what was adopted last."""
        adopted = self.adopted
        moves = self.spec.mode is Mode.ENFORCE or self.metadata.deletion_timestamp is not None
        if adopted is None or adopted == self.spec or not moves:
            return self
        return self.model_copy(update={"spec": adopted})


@lru_cache(maxsize=1024)
def _adopted(text: str, mode: Mode) -> AdaptiveRouteSpec | None:
    try:
        return AdaptiveRouteSpec.model_validate_json(text).model_copy(update={"mode": mode}) if text else None
    except ValueError:
        return None
