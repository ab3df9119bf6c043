"""What every signal must keep, whatever format it came in."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite

from autonomic.domain.signals.received import Signal
from autonomic.signals.limits import Limits
from autonomic.signals.refusal import Reason, Refused

_NAMESPACE = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_LABEL_NAME = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
_REMEMBERED_NAMES = 10_000
_LONGEST_WORD = 256


class Checks:
    """Answers the checked signal, or raises Refused. It remembers names that were legal, and nothing else."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._legal: set[str] = set()
        self._namespaces: set[str] = set()

    def signal(
        self,
        type_: str,
        namespace: str | None,
        labels: Mapping[str, str],
        value: float,
        at: datetime,
        source: str,
        id_: str,
        now: datetime,
    ) -> Signal:
        """The signal, when all of it is acceptable; what a clock ahead of ours calls the future, is of now."""
        if namespace not in self._namespaces:
            self._namespace(namespace)
        if not isfinite(value):
            raise Refused(Reason.NOT_FINITE, f"value is {value}: only finite numbers can be kept")
        self._labels(labels)
        self.moment(at, now)
        _words(type_, source, id_)
        return Signal(type_, namespace or "", labels, value, min(at, now), source, id_)

    def moment(self, at: datetime, now: datetime) -> None:
        """Raises Refused for what is too old, ahead of our clock, or of no time zone."""
        if at.tzinfo is None:
            raise Refused(Reason.MALFORMED, f"time is {at.isoformat()}: write the time zone, such as a Z at its end")
        if now - at > self._limits.oldest:
            raise Refused(
                Reason.TOO_OLD,
                f"time is {at.isoformat()}, which is more than {self._limits.oldest} ago by our clock "
                f"({now.isoformat()}): send signals sooner, or set the sender's clock",
            )
        if at - now > self._limits.newest:
            raise Refused(
                Reason.IN_FUTURE,
                f"time is {at.isoformat()}, which is more than {self._limits.newest} ahead of our clock "
                f"({now.isoformat()}): set the sender's clock",
            )

    def _namespace(self, namespace: str | None) -> None:
        if not namespace:
            raise Refused(
                Reason.NO_NAMESPACE,
                "no namespace: set the CloudEvents extension `namespace`, or ?namespace= for the whole request",
            )
        if not _NAMESPACE.fullmatch(namespace):
            raise Refused(
                Reason.NO_NAMESPACE, f"namespace is {namespace[:80]!r}: write the name of a Kubernetes namespace"
            )
        _add(self._namespaces, namespace)

    def _labels(self, labels: Mapping[str, str]) -> None:
        limits = self._limits
        if len(labels) > limits.labels:
            raise Refused(Reason.BAD_LABELS, f"labels are {len(labels)}: at most {limits.labels} are kept")
        if not labels.keys() <= self._legal:
            for name in labels:
                self._label_name(name)
        text = "".join(labels.values())
        if len(text) > limits.label_characters or not text.isprintable():
            raise Refused(
                Reason.BAD_LABELS,
                f"labels hold unprintable characters, or more than {limits.label_characters} in all: shorten them",
            )
        if len(text) > limits.label_value:
            self._label_values(labels)

    def _label_name(self, name: str) -> None:
        if len(name) > self._limits.label_name or not _LABEL_NAME.fullmatch(name):
            raise Refused(
                Reason.BAD_LABELS,
                f"the label {name[:80]!r} has no legal name: letters, digits and _, no digit first, no __ first, "
                f"at most {self._limits.label_name} characters",
            )
        _add(self._legal, name)

    def _label_values(self, labels: Mapping[str, str]) -> None:
        for name, value in labels.items():
            if len(value) > self._limits.label_value:
                raise Refused(
                    Reason.BAD_LABELS,
                    f"the label {name} has {len(value)} characters: at most {self._limits.label_value} are kept",
                )


def _words(*words: str) -> None:
    for word in words:
        if not 0 < len(word) <= _LONGEST_WORD or not word.isprintable():
            raise Refused(
                Reason.MALFORMED, f"type, source and id must have 1 to {_LONGEST_WORD} printable characters each"
            )


def _add(known: set[str], name: str) -> None:
    if len(known) >= _REMEMBERED_NAMES:
        known.clear()
    known.add(name)
