"""Playbooks by code: what `kubectl apply` does for a person, for a program that holds the layer in its hands."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from autonomic.cycle.store import Store
from autonomic.domain.errors import AlreadyExists, Invalid
from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Cluster


@dataclass(frozen=True)
class PlaybookRegister:
    """Puts playbooks where the loops find them."""

    cluster: Cluster
    store: Store

    async def register_playbook(
        self, playbook: SelfHealingPlaybook | Mapping[str, Any] | str, namespace: str = "default"
    ) -> SelfHealingPlaybook:
        """Makes the playbook, or gives one of its name this spec; it is watched from the next turn on.

        `playbook` is a model, a manifest, or a manifest as JSON; `namespace` counts where it names none. Raises Invalid that
        names the field, Forbidden where the cluster does not let this account write playbooks, Unavailable.
        """
        wanted = _manifest(playbook, namespace)
        ref = SelfHealingPlaybook.read(wanted).ref
        try:
            made = await self.cluster.create(wanted)
        except AlreadyExists:
            replaced = [{"op": "replace", "path": "/spec", "value": wanted["spec"]}]
            made = await self.cluster.patch_json(ref, replaced)
        self.store.apply(SelfHealingPlaybook.names.kind, made)
        return SelfHealingPlaybook.read(made)


def _manifest(playbook: SelfHealingPlaybook | Mapping[str, Any] | str, namespace: str) -> dict[str, Any]:
    """Whole, and known to be one. Raises Invalid."""
    raw = playbook.wire() if isinstance(playbook, SelfHealingPlaybook) else _object(playbook)
    meta = raw.get("metadata")
    if not isinstance(meta, Mapping) or not meta.get("name"):
        raise Invalid("metadata.name is missing: a playbook needs a name")
    kind = SelfHealingPlaybook.names.kind
    if raw.get("kind", kind) != kind:
        raise Invalid(f"kind is {raw['kind']!r}: only a {kind} can be registered")
    named = {"namespace": namespace, **{key: meta[key] for key in _META if meta.get(key)}}
    whole = {"apiVersion": API_VERSION, "kind": kind, "metadata": named, "spec": raw.get("spec")}
    try:
        read = SelfHealingPlaybook.read(whole)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{field}: {first['msg']} (it is {first['input']!r})"[:1024]) from None
    return {**whole, "spec": read.spec.wire()}


_META = ("name", "namespace", "labels", "annotations")
"""What of its metadata is its maker's."""


def _object(playbook: Mapping[str, Any] | str) -> Mapping[str, Any]:
    if not isinstance(playbook, str):
        return playbook
    try:
        found = json.loads(playbook)
    except json.JSONDecodeError as error:
        raise Invalid(f"the playbook is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise Invalid("the playbook is no JSON object")
    return found
