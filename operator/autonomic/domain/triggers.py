"""What recognises a trouble: one comparison, occurrence or silence, of something that is asked for or was pushed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from autonomic.domain.meta import Label, LabelKey
from autonomic.domain.model import Model, TypedUnion
from autonomic.domain.servers import DEFAULT, ServerName
from autonomic.domain.signals.board import KEPT, KEPT_ALERTS
from autonomic.domain.units import DecimalString, Duration, span
from autonomic.domain.words import Comparison, Selector, ShortName, Word

MatchLabels = dict[LabelKey, Label]
AlertName = Annotated[str, StringConstraints(min_length=1, max_length=253)]

WITHIN = "5m"
"""How far back pushed signals and Events count, where nothing is said."""
WITHIN_ALERTS = "5h"
"""The same of alerts: a little more than an Alertmanager's usual time between two tellings."""
WITHIN_ABSENT = "1h"
"""How far back a series must have been there to be missed."""


class PrometheusSignal(Model):
    """A signal that Prometheus holds."""

    selector: Selector = Field(description="Instant selector; any one of its series may trigger.")
    rate: Duration | None = Field(
        default=None, description="The selector is a counter: its rate per second over this window is compared."
    )
    per_target: bool = Field(
        default=False,
        description="Its series are told apart by the label of target.fromSignal: each value is a target of its own.",
    )
    server: ServerName = None


class PushedSignal(Model):
    """A signal that somebody pushes."""

    type: Word = Field(description="Type of the signal, such as LlmJsonFailure.")
    match_labels: MatchLabels = Field(default={}, max_length=16, description="Labels that it must carry.")


class AlertSignal(Model):
    """An alert that an Alertmanager tells of."""

    name: AlertName = Field(description="Its alertname.")
    match_labels: MatchLabels = Field(default={}, max_length=16, description="Labels that it must carry.")


class ClusterEvent(Model):
    """An Event that the cluster tells of the target, or of its pods."""

    reasons: tuple[Word, ...] = Field(
        min_length=1, max_length=8, description="Any of these: OOMKilled, CrashLoopBackOff, ImagePullBackOff, Evicted."
    )
    match_labels: MatchLabels = Field(
        default={},
        max_length=16,
        description="What it must be about instead of the target: deployment, pod, job, node.",
    )


class PlaybookTrigger(TypedUnion):
    """When the trouble is there. A Prometheus trigger holds when its comparison held for the whole of `for`."""

    cel_rules: ClassVar = (
        ("has(self.op) == has(self.value)", "set op and value together, or neither"),
        (
            "self.type != 'Prometheus' || self.absent || has(self.op)",
            "a Prometheus trigger needs op and value, or absent",
        ),
        (
            "!(self.type == 'Prometheus' || self.absent) || has(self.__for__)",
            "say how long: set for, which a Prometheus trigger and an absence need",
        ),
        ("!self.absent || !has(self.op)", "absent compares nothing: leave op and value out"),
        ("!self.absent || self.type in ['Prometheus', 'Signal']", "absent is for the types Prometheus and Signal"),
        (
            "!(has(self.count) || has(self.consecutive)) || self.type == 'Signal' || (self.type == 'KubernetesEvent' &&"
            " !has(self.consecutive))",
            "count is for the types Signal and KubernetesEvent, consecutive for Signal",
        ),
        (
            "(has(self.count) ? 1 : 0) + (has(self.consecutive) ? 1 : 0) + (has(self.__for__) && self.type == 'Signal' ? 1"
            " : 0) <= 1",
            "set one of for, count and consecutive: each says in its own way how much is too much",
        ),
        (
            "!(has(self.consecutive) || (has(self.__for__) && self.type == 'Signal' && !self.absent)) || has(self.op)",
            "what lasts, or comes so often in a row, must be compared: set op and value",
        ),
        (
            "!(self.type in ['Alert', 'KubernetesEvent']) || !has(self.op)",
            "an alert and an Event have no value: leave op and value out",
        ),
        ("self.type != 'KubernetesEvent' || !has(self.__for__)", "an Event does not last: use count and within"),
        (
            "!self.absent || !has(self.prometheus) || !self.prometheus.perTarget",
            "what is absent names no target: leave prometheus.perTarget out",
        ),
    )

    name: ShortName = Field(description="Name of the trigger, unique in the playbook.")
    type: Literal["Prometheus", "Signal", "Alert", "KubernetesEvent"] = Field(
        default="Prometheus", description="Where it is seen."
    )
    prometheus: PrometheusSignal | None = Field(default=None, description="Set when type is Prometheus.")
    signal: PushedSignal | None = Field(default=None, description="Set when type is Signal.")
    alert: AlertSignal | None = Field(default=None, description="Set when type is Alert.")
    kubernetes_event: ClusterEvent | None = Field(default=None, description="Set when type is KubernetesEvent.")
    op: Comparison | None = Field(default=None, description="Comparison of the signal with the value.")
    value: DecimalString | None = Field(
        default=None, description="What the signal is compared with, as a decimal string."
    )
    hold: Duration | None = Field(
        default=None, alias="for", description="How long it must have been so without a break."
    )
    within: Duration | None = Field(
        default=None,
        description=(
            "How far back it counts: 5m for signals and Events, 5h for alerts, 1h for what is absent where left out."
            " Of a Prometheus comparison: it may have held at any time in it; only now where left out."
        ),
    )
    count: int | None = Field(default=None, ge=1, le=1000, description="How many there must be within `within`.")
    consecutive: int | None = Field(
        default=None,
        ge=2,
        le=50,
        description="How many of the latest, one after the other, the comparison must hold for.",
    )
    absent: bool = Field(
        default=False, description="True: it must have been missing for the whole of `for`, and have been there before."
    )

    @property
    def pushed(self) -> bool:
        """Whether it is about what was pushed, not asked for."""
        return self.type != "Prometheus"

    @property
    def per_target(self) -> bool:
        """Whether it asks for each target apart."""
        return self.prometheus is not None and self.prometheus.per_target

    @property
    def server(self) -> str:
        """The metrics server that is asked, where one is."""
        return (self.prometheus.server if self.prometheus else None) or DEFAULT

    @property
    def reach(self) -> str:
        """How far back it counts, with what is left out filled in."""
        if self.within:
            return self.within
        if self.type == "Signal" and self.hold and not self.absent and span(self.hold) > span(WITHIN):
            return self.hold
        return WITHIN_ALERTS if self.type == "Alert" else WITHIN_ABSENT if self.absent else WITHIN

    @property
    def listens_to(self) -> tuple[str, ...]:
        """The types of signals that it looks at on the board; none where it asks Prometheus."""
        if self.signal:
            return (self.signal.type,)
        if self.kubernetes_event:
            return self.kubernetes_event.reasons
        return (self.alert.name,) if self.alert else ()

    @model_validator(mode="after")
    def _can_fire(self) -> Self:
        for wrong, message in (*self._contradictions(), *self._times()):
            if wrong:
                raise ValueError(message)
        return self

    def _contradictions(self) -> Iterable[tuple[bool, str]]:
        """What admission refuses too, in the same words."""
        compares, lasts = self.op is not None, self.hold is not None and self.type == "Signal"
        counted = self.count is not None, self.consecutive is not None
        said = [message for _, message in self.cel_rules]
        yield compares != (self.value is not None), said[0]
        yield self.type == "Prometheus" and not self.absent and not compares, said[1]
        yield (self.type == "Prometheus" or self.absent) and self.hold is None, said[2]
        yield self.absent and compares, said[3]
        yield self.absent and self.type not in ("Prometheus", "Signal"), said[4]
        allowed = (self.type in ("Signal", "KubernetesEvent"), self.type == "Signal")
        yield any(there and not fits for there, fits in zip(counted, allowed, strict=True)), said[5]
        yield sum((*counted, lasts)) > 1, said[6]
        yield (counted[1] or (lasts and not self.absent)) and not compares, said[7]
        yield self.type in ("Alert", "KubernetesEvent") and compares, said[8]
        yield self.type == "KubernetesEvent" and self.hold is not None, said[9]
        yield self.absent and self.per_target, said[10]

    def _times(self) -> Iterable[tuple[bool, str]]:
        """What can never fire because of its times: durations as Prometheus writes them are beyond admission."""
        reach, kept = span(self.reach), KEPT_ALERTS if self.type == "Alert" else KEPT
        if self.hold:
            lasts = span(self.hold)
            yield (
                reach < lasts and (self.within is not None or self.pushed),
                f"for {self.hold} is longer than within {self.reach}: it can never fire, so say a longer within",
            )
            yield (
                self.pushed and lasts > kept,
                f"for {self.hold} is longer than signals are remembered: at most {_hours(kept)}",
            )
        yield (
            self.pushed and reach > kept,
            f"within {self.reach} is longer than signals are remembered: at most {_hours(kept)}",
        )


def _hours(kept: timedelta) -> str:
    return f"{int(kept.total_seconds() // 3600)}h"
