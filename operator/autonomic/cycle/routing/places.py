"""One place that weights are written to: what it would say, what it says, and whether that is still ours. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from autonomic.domain.plans import FieldChange
from autonomic.domain.route_rules import Publication
from autonomic.domain.routes import AdaptiveRoute, AdaptiveRouteSpec, PublishedStatus
from autonomic.domain.targets import Target
from autonomic.domain.words import OPERATION_ANNOTATION
from autonomic.execution.config_keys import key_change, value_now
from autonomic.execution.consent import key_objection
from autonomic.execution.fields import pointer
from autonomic.execution.ownership import foreign_owners, others_at
from autonomic.execution.routes import route_objection, rule_digest, weight_changes, weights

AllWeights = Mapping[str, Mapping[str, int]]
"""Weights of 1000 by task type and candidate; every candidate is named."""


@dataclass(frozen=True)
class Place:
    """A publication of a route, the live object, and what shall stand there."""

    route: AdaptiveRoute
    publication: Publication
    target: Target
    wanted: AllWeights

    @property
    def stamp(self) -> str:
        """What we write on the object: which route writes there. It has not the form of a plan's step."""
        return f"route/{self.route.metadata.uid}"

    def objection(self) -> str | None:
        """Why nothing can be written there."""
        if self.publication.key:
            return key_objection(self.target, self.publication.key)
        rule = self.publication.rule
        strangers = {name for name, weight in (weights(self.target, rule) or {}).items() if weight} - set(
            self._backends()
        )
        found = route_objection(self.target, rule, self._backends())
        if found or not strangers:
            return found
        return (
            f"rule {rule} of {self.target.ref} sends traffic to {', '.join(sorted(strangers))}, which is no candidate of"
            f" {self.route.ref}: add it, or give it the weight 0"
        )

    def changes(self) -> tuple[FieldChange, ...]:
        """What differs from what is wanted."""
        if self.publication.key:
            return key_change(self.target, self.publication.key, self._text())
        return weight_changes(self.target, self.publication.rule, self._backends())

    def conflict(self, record: PublishedStatus | None) -> str | None:
        """Who changed what we wrote; None where it is ours still, was never ours, or says what is wanted anyway."""
        if record is None or record.uid != self.target.uid or record.generation != self.route.metadata.generation:
            return None
        raw = self.target.raw
        if self.rule_digest() != record.rule_digest:
            rules = pointer("spec", "rules")
            return f"{self.publication.place} is another rule than was published to: {others_at(rules, raw)} changed {rules}"
        if not self.changes() or _digest(self._now()) == record.written or self._ours():
            return None
        who = next(iter(foreign_owners(self.changes(), raw).values()), "") or stamped(raw) or "another"
        return f"{who} changed {self.publication.place} since it was published: put it back, or change the route's spec"

    def record(self, at: datetime) -> PublishedStatus:
        """What is remembered once the wanted weights stand there."""
        return PublishedStatus(
            place=self.publication.place,
            uid=self.target.uid,
            generation=self.route.metadata.generation,
            rule_digest=self.rule_digest(),
            written=_digest(self._text() if self.publication.key else self._backends()),
            at=at,
        )

    def rule_digest(self) -> str | None:
        """Which rule it is; None of a ConfigMap."""
        return None if self.publication.key else rule_digest(self.target.raw, self.publication.rule)

    def _ours(self) -> bool:
        """Whether our own write came last: what was written before a crash is not remembered, but bears our mark."""
        return stamped(self.target.raw) == self.stamp and not foreign_owners(self.changes(), self.target.raw)

    def _now(self) -> object:
        if self.publication.key:
            return value_now(self.target, self.publication.key)
        found = weights(self.target, self.publication.rule) or {}
        return {name: found.get(name) for name in self._backends()}

    def _backends(self) -> dict[str, int]:
        spec = self.route.spec
        shares = self.wanted[self.publication.task_type or spec.task_types[0]]
        return {each.backend or each.name: shares.get(each.name, 0) for each in spec.candidates}

    def _text(self) -> str:
        chosen = self.publication.task_type
        wanted = {name: shares for name, shares in self.wanted.items() if chosen in (None, name)}
        return (_litellm if self.publication.format == "LiteLLM" else _plain)(self.route.spec, wanted)


def stamped(raw: Mapping[str, Any]) -> str:
    """Which route, or which step of a plan, wrote the object last, as it says itself; empty where none did."""
    return str((raw["metadata"].get("annotations") or {}).get(OPERATION_ANNOTATION, ""))


def _plain(spec: AdaptiveRouteSpec, wanted: AllWeights) -> str:
    named = {name: {each.name: shares.get(each.name, 0) for each in spec.candidates} for name, shares in wanted.items()}
    return json.dumps({"weights": named}, sort_keys=True, indent=2) + "\n"


def _litellm(spec: AdaptiveRouteSpec, wanted: AllWeights) -> str:
    """A model group for each task type; LiteLLM's simple-shuffle picks among its members by their weights."""
    listed = [
        {"model_name": task_type, "litellm_params": {"model": each.model or each.name, "weight": shares[each.name]}}
        for task_type, shares in sorted(wanted.items())
        for each in spec.candidates
        if shares.get(each.name, 0)
    ]
    return (
        json.dumps({"model_list": listed, "router_settings": {"routing_strategy": "simple-shuffle"}}, indent=2) + "\n"
    )


def _digest(content: object) -> str:
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
    return f"sha256:{sha256(text.encode()).hexdigest()}"
