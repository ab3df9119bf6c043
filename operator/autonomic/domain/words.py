"""The words and bounded strings that several resources share."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

GROUP = "autonomic.maestro.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"

ENABLED_LABEL = f"{GROUP}/enabled"
"""A namespace with this label set to "true" has opted in; nothing is ever done in another."""

FREE_QUERIES_LABEL = f"{GROUP}/free-queries"
"""On a namespace: an administrator's "true" lets its contracts hold whole queries, not only selectors."""

MODE_ANNOTATION = f"{GROUP}/mode"
"""On a namespace: may lower the mode, never raise it."""

WORKSTREAM_LABEL = f"{GROUP}/workstream"
"""On a contract: the workstream that its workload belongs to."""

COMPONENT_LABEL = f"{GROUP}/component"
"""On a contract: "Infra" says that its workload is infrastructure; any other value, or none, that it is an agent."""

SECURITY_SCANNER_LABEL = f"{GROUP}/security-scanner"
"""On a workload: "true" says that stopping it disables a security scanner."""

OPERATION_ANNOTATION = f"{GROUP}/op-id"
"""On a target: which plan and step wrote it last."""

SEQUENCE_ANNOTATION = f"{GROUP}/plan-seq"
"""On a target: the sequence number of the plan that wrote it last."""

RESTARTED_ANNOTATION = f"{GROUP}/restartedAt"
"""On a pod template: changing it rolls the pods."""

WRITABLE_ENV_ANNOTATION = f"{GROUP}/writable-env"
"""On a workload: names of environment variables, with commas between them, that its owner lets be changed."""

MOST_ANNOTATIONS = {"Memory": f"{GROUP}/max-memory", "Cpu": f"{GROUP}/max-cpu"}
"""On a workload: the most that its owner lets a container have, which is also the consent to resize it at all."""

WRITABLE_KEYS_ANNOTATION = f"{GROUP}/writable-keys"
"""On a ConfigMap: keys, with commas between them, that its owner lets be changed."""

LOOPS_ANNOTATION = f"{GROUP}/loops"
"""On an SLAContract: types of loops, with commas between them, that plug-ins bring and that may propose its adaptations."""

ROLLBACK_ANNOTATION = f"{GROUP}/allow-rollback"
"""On a Deployment: "true" lets it be rolled back to its last release."""

QUARANTINE_ANNOTATION = f"{GROUP}/allow-quarantine"
"""On a workload: "true" lets its pods be labelled so that a NetworkPolicy cuts them off."""

QUARANTINED_LABEL = f"{GROUP}/quarantined"
"""On pods and CronJobs: "true" says that they are kept from others."""

TENANT_ANNOTATION = f"{GROUP}/tenant"
"""On an object that is in no namespace: the namespace whose plans may change it."""

RETRY_LABEL = f"{GROUP}/allow-retry"
"""On a namespace: an administrator's "true" lets failed Jobs be run again there."""

RETRY_OF_ANNOTATION = f"{GROUP}/retry-of"
"""On a Job: the failed Job that it runs again."""

HOLDS_DATA_LABEL = f"{GROUP}/holds-data"
"""On an object: "true" says that its configuration decides what becomes of production data."""

ACCESS_CONTROL_LABEL = f"{GROUP}/access-control"
"""On an object: "true" says that its configuration decides who may do what."""

EPOCH_ANNOTATION = f"{GROUP}/epoch"
"""On what a leader writes: the Lease epoch it acted in, so that admission can fence a stale one."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=253, pattern=r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
"""A Kubernetes object name."""

ShortName = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
"""A DNS label: names of objectives, triggers and candidates."""

Uid = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[A-Z][A-Za-z0-9]*$")]
Sentence = Annotated[str, StringConstraints(max_length=1024)]
Text = Annotated[str, StringConstraints(max_length=4096)]
Digest = Annotated[str, StringConstraints(min_length=71, max_length=71, pattern=r"^sha256:[0-9a-f]{64}$")]
Selector = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
"""A PromQL instant selector: `tasks_total{status="failed"}`."""


class Mode(StrEnum):
    """How far a loop may go. The strictest of all that apply wins; `Observe` is the default everywhere."""

    OBSERVE = "Observe"
    PROPOSE = "Propose"
    ENFORCE = "Enforce"

    @property
    def trust(self) -> int:
        """0 for Observe, 1 for Propose, 2 for Enforce."""
        return list(Mode).index(self)


def strictest(*modes: Mode) -> Mode:
    """The mode that trusts least."""
    return min(modes, key=lambda mode: mode.trust, default=Mode.OBSERVE)


class Level(StrEnum):
    """What an objective's alert says."""

    WARNING = "Warning"
    BREACH = "Breach"
    EXHAUSTED = "Exhausted"


class Verdict(StrEnum):
    """What governance answers."""

    APPROVE = "Approve"
    REQUIRE_APPROVAL = "RequireApproval"
    DENY = "Deny"


class Comparison(StrEnum):
    """A comparison, as a word."""

    GT = "GT"
    GE = "GE"
    LT = "LT"
    LE = "LE"

    def holds(self, value: Decimal, bound: Decimal) -> bool:
        """Whether `value` compares so with `bound`."""
        return {"GT": value > bound, "GE": value >= bound, "LT": value < bound, "LE": value <= bound}[self.value]

    @property
    def promql(self) -> str:
        """The PromQL operator."""
        return {"GT": ">", "GE": ">=", "LT": "<", "LE": "<="}[self.value]


class Truth(StrEnum):
    """The status of a condition."""

    TRUE = "True"
    FALSE = "False"
    UNKNOWN = "Unknown"
