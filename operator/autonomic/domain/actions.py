"""Actions, twice: as an owner writes them (what may be done, relative) and as a plan fixes them (absolute values).

Where an owner can only name absolute values, both are one model.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from autonomic.domain.meta import TargetRef, WorkloadRef
from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.quantities import Quantity
from autonomic.domain.units import Duration
from autonomic.domain.words import Digest, Name, Sentence, ShortName

ConfigKey = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[-._a-zA-Z0-9]+$")]
"""A key of a ConfigMap."""
ResourceName = Annotated[
    str, StringConstraints(min_length=1, max_length=253, pattern=r"^[-._a-zA-Z0-9]+(/[-._a-zA-Z0-9]+)?$")
]
"""A resource that a queue shares out: cpu, nvidia.com/gpu."""
ConfigValue = Annotated[str, StringConstraints(max_length=1024)]
EnvName = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Parameters = dict[Annotated[str, StringConstraints(max_length=63)], Annotated[str, StringConstraints(max_length=1024)]]
Weight = Annotated[int, Field(ge=0, le=1_000_000)]


class ScaleBy(Model):
    """How far one plan may move the replicas, or a bound of an autoscaler."""

    cel_rules: ClassVar = (
        ("self.by != 0", "by is 0: it would change nothing"),
        ("self.min <= self.max", "min is above max"),
    )

    by: int = Field(ge=-1000, le=1000, description="Replicas to add; negative removes.")
    min: int = Field(default=1, ge=0, le=10000, description="Never propose fewer replicas than this.")
    max: int = Field(ge=1, le=10000, description="Never propose more replicas than this.")
    bound: Literal["Min", "Max"] = Field(
        default="Max", description="Which bound moves, where the target is an autoscaler."
    )


class Scale(Model):
    """The replicas that the target shall have; of an autoscaler, the value that its bound shall have."""

    replicas: int = Field(ge=0, le=10000, description="Absolute number of replicas.")
    bound: Literal["Min", "Max"] | None = Field(default=None, description="Set where the target is an autoscaler.")


class RestartPods(Model):
    """Roll the pods once. It takes no parameters."""


class Restart(Model):
    """The restart mark that the pod template shall carry."""

    at: datetime = Field(description="Mark written to the pod template; a new mark rolls the pods once.")


class RollbackRelease(Model):
    """Go back to the release before the present one. It takes no parameters."""


class Rollback(Model):
    """The release that the Deployment shall have again."""

    revision: int = Field(ge=1, le=1_000_000_000, description="Number of the revision, as the ReplicaSet bears it.")
    replica_set: Name = Field(description="The ReplicaSet that keeps its pod template.")


class ResizeBy(Model):
    """How far one plan may move what a container may use, or is promised. At most a doubling, or a halving."""

    cel_rules: ClassVar = (("self.percent != 0", "percent is 0: it would change nothing"),)

    container: ShortName = Field(description="The container.")
    resource: Literal["Memory", "Cpu"] = Field(default="Memory", description="What is resized.")
    what: Literal["Limit", "Request"] = Field(default="Limit", description="What it may use, or what it is promised.")
    percent: int = Field(ge=-50, le=100, description="Share of the present quantity to add; negative takes away.")
    most: Quantity = Field(description="Never propose more than this.")
    least: Quantity | None = Field(default=None, description="Never propose less than this.")


class Resize(Model):
    """The quantity that a container shall have."""

    container: ShortName = Field(description="The container.")
    resource: Literal["Memory", "Cpu"] = Field(description="What is resized.")
    what: Literal["Limit", "Request"] = Field(description="What it may use, or what it is promised.")
    quantity: Quantity = Field(description="The quantity, as the API server writes it.")


class SetEnv(Model):
    """One plain environment variable of one container. Its name must be listed in the workload's writable-env."""

    container: ShortName = Field(description="The container.")
    name: EnvName = Field(description="The variable.")
    value: ConfigValue = Field(description="The value that it shall have.")


class SetConfig(Model):
    """One key of a ConfigMap. It must be listed in the ConfigMap's writable-keys."""

    key: ConfigKey = Field(description="The key.")
    value: ConfigValue = Field(description="The value that it shall have.")


class DegradedMode(Model):
    """The key that switches the application to do less, so that what it does it does well."""

    key: ConfigKey = Field(description="The key of the ConfigMap.")
    value: ConfigValue = Field(default="true", description="The value that switches the degraded mode on.")


class SwitchModel(Model):
    """The key that names the model which the application asks."""

    key: ConfigKey = Field(description="The key of the ConfigMap.")
    model: ConfigValue = Field(description="The model that shall be asked.")


class ShedLoad(Model):
    """The key that says which share of requests the application or its gateway turns away."""

    key: ConfigKey = Field(description="The key of the ConfigMap.")
    percent: int = Field(ge=0, le=95, description="Share of requests that is turned away, in percent.")


class ThrottleQueue(Model):
    """How a queue is slowed down: held, or limited; which of the two depends on the kind of the target."""

    cel_rules: ClassVar = (("has(self.to) != has(self.limit)", "set exactly one of to and limit"),)

    to: Literal["Hold", "Run"] | None = Field(
        default=None, description="Hold: what runs finishes, nothing new begins. Run lifts it."
    )
    limit: int | None = Field(default=None, ge=0, le=1_000_000_000, description="Most that is admitted at once.")
    key: ConfigKey | None = Field(default=None, description="Of a ConfigMap (Argo's semaphores): the key.")
    flavor: ShortName | None = Field(default=None, description="Of a ClusterQueue: the resource flavor.")
    resource: ResourceName | None = Field(default=None, description="Of a ClusterQueue or KafkaUser: the resource.")


class ShiftWeights(Model):
    """The weights that backends of one rule of a route shall have."""

    rule: int = Field(default=0, ge=0, le=63, description="Number of the rule, from 0.")
    weights: dict[Annotated[str, StringConstraints(max_length=253)], Weight] = Field(
        min_length=1, max_length=16, description="Weight of each backend, by its name."
    )


class ShiftTraffic(ShiftWeights):
    """The weights, and the rule that they are for: a number alone names another one once a rule is put before it."""

    rule_digest: Digest = Field(description="SHA-256 of the rule, but for its weights, when the plan was made.")


class RerouteBackend(Model):
    """All traffic of one backend to another one of the same rule."""

    cel_rules: ClassVar = (("self.source != self.destination", "source and destination are the same backend"),)

    rule: int = Field(default=0, ge=0, le=63, description="Number of the rule, from 0.")
    source: Name = Field(description="The backend that gives its weight away.")
    destination: Name = Field(description="The backend that takes it.")


class Reroute(RerouteBackend):
    """The backends, and the rule that they are of."""

    rule_digest: Digest = Field(description="SHA-256 of the rule, but for its weights, when the plan was made.")


class RetryJob(Model):
    """Run a failed Job again, as a new one."""

    limit: int = Field(default=3, ge=1, le=10, description="Most retries of one Job.")
    backoff: Duration = Field(default="30s", description="Shortest time after the failure; doubles with each retry.")


class Retry(Model):
    """The Job that runs again what failed."""

    job: Name = Field(description="Name of the new Job.")
    attempt: int = Field(ge=1, le=10, description="Which retry it is.")


class Quarantine(Model):
    """Keep the workload from others: a CronJob is suspended, pods bear a label that a NetworkPolicy selects."""


class Notify(Model):
    """Tell people, over a channel that an administrator configured."""

    channel: ShortName = Field(description="Name of the channel.")
    message: Sentence = Field(description="What they are told.")


class CallOrchestrator(Model):
    """Ask the orchestrator for something, at an endpoint that an administrator configured."""

    endpoint: ShortName = Field(description="Name of the endpoint.")
    operation: ShortName = Field(description="What is asked for, as the endpoint documents it.")
    parameters: Parameters = Field(default={}, max_length=32, description="Its parameters.")


class AdoptRoutePolicy(Model):
    """Work by what the route's spec says: its algorithm, candidates, bounds and places. Proposed by the layer alone."""

    bounds_digest: Digest = Field(description="SHA-256 of what is adopted, as the route's status.boundsDigest says it.")


class Plugin(Model):
    """An action that a plug-in chooses: it names one of the others, which the plan then has. A person decides, always."""

    name: Name = Field(description="Name under which the plug-in registers its action.")
    parameters: Parameters = Field(default={}, max_length=32, description="Parameters, as the plug-in documents them.")


class PermittedAction(TypedUnion):
    """An action that the owner of a contract or playbook allows to be proposed."""

    type: Literal[
        "Scale", "Restart", "Rollback", "Resize", "SetEnv", "SetConfig", "DegradedMode", "SwitchModel",
        "ShedLoad", "ThrottleQueue", "ShiftTraffic", "Reroute", "Retry", "Quarantine", "Notify", "CallOrchestrator",
        "Plugin",
    ] = Field(description="What to do.")  # fmt: skip
    target_ref: WorkloadRef | None = Field(
        default=None, description="What to act on; the owner's target when left out."
    )
    scale: ScaleBy | None = Field(default=None, description="Parameters of Scale.")
    restart: RestartPods | None = Field(default=None, description="Parameters of Restart.")
    rollback: RollbackRelease | None = Field(default=None, description="Parameters of Rollback.")
    resize: ResizeBy | None = Field(default=None, description="Parameters of Resize.")
    set_env: SetEnv | None = Field(default=None, description="Parameters of SetEnv.")
    set_config: SetConfig | None = Field(default=None, description="Parameters of SetConfig.")
    degraded_mode: DegradedMode | None = Field(default=None, description="Parameters of DegradedMode.")
    switch_model: SwitchModel | None = Field(default=None, description="Parameters of SwitchModel.")
    shed_load: ShedLoad | None = Field(default=None, description="Parameters of ShedLoad.")
    throttle_queue: ThrottleQueue | None = Field(default=None, description="Parameters of ThrottleQueue.")
    shift_traffic: ShiftWeights | None = Field(default=None, description="Parameters of ShiftTraffic.")
    reroute: RerouteBackend | None = Field(default=None, description="Parameters of Reroute.")
    retry: RetryJob | None = Field(default=None, description="Parameters of Retry.")
    quarantine: Quarantine | None = Field(default=None, description="Parameters of Quarantine.")
    notify: Notify | None = Field(default=None, description="Parameters of Notify.")
    call_orchestrator: CallOrchestrator | None = Field(default=None, description="Parameters of CallOrchestrator.")
    plugin: Plugin | None = Field(default=None, description="Parameters of Plugin.")


class Action(TypedUnion):
    """One step of a plan: an absolute change of one object."""

    type: Literal[
        "Scale", "Restart", "Rollback", "Resize", "SetEnv", "SetConfig", "DegradedMode", "SwitchModel",
        "ShedLoad", "ThrottleQueue", "ShiftTraffic", "Reroute", "Retry", "Quarantine", "Notify", "CallOrchestrator",
        "AdoptRoutePolicy",
    ] = Field(description="What is done.")  # fmt: skip
    target_ref: TargetRef = Field(description="The object that is changed.")
    absent: bool | None = Field(
        default=None,
        description="True in a plan that gives back: the field was absent before, and is taken away again.",
    )
    scale: Scale | None = Field(default=None, description="Parameters of Scale.")
    restart: Restart | None = Field(default=None, description="Parameters of Restart.")
    rollback: Rollback | None = Field(default=None, description="Parameters of Rollback.")
    resize: Resize | None = Field(default=None, description="Parameters of Resize.")
    set_env: SetEnv | None = Field(default=None, description="Parameters of SetEnv.")
    set_config: SetConfig | None = Field(default=None, description="Parameters of SetConfig.")
    degraded_mode: DegradedMode | None = Field(default=None, description="Parameters of DegradedMode.")
    switch_model: SwitchModel | None = Field(default=None, description="Parameters of SwitchModel.")
    shed_load: ShedLoad | None = Field(default=None, description="Parameters of ShedLoad.")
    throttle_queue: ThrottleQueue | None = Field(default=None, description="Parameters of ThrottleQueue.")
    shift_traffic: ShiftTraffic | None = Field(default=None, description="Parameters of ShiftTraffic.")
    reroute: Reroute | None = Field(default=None, description="Parameters of Reroute.")
    retry: Retry | None = Field(default=None, description="Parameters of Retry.")
    quarantine: Quarantine | None = Field(default=None, description="Parameters of Quarantine.")
    notify: Notify | None = Field(default=None, description="Parameters of Notify.")
    call_orchestrator: CallOrchestrator | None = Field(default=None, description="Parameters of CallOrchestrator.")
    adopt_route_policy: AdoptRoutePolicy | None = Field(default=None, description="Parameters of AdoptRoutePolicy.")
