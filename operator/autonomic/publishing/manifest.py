"""The PrometheusRule that a contract is published as."""

from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.meta import ObjectRef
from autonomic.domain.words import API_VERSION
from autonomic.publishing.inexpressible import Inexpressible
from autonomic.publishing.rules import Rules

RULE_VERSION = "monitoring.coreos.com/v1"
RULE_KIND = "PrometheusRule"
PREFIX = "slo-"
MANAGED_BY = {"app.kubernetes.io/managed-by": "autonomic"}
_LONGEST_NAME = 253


def where(contract: SLAContract) -> ObjectRef:
    """Where the contract is published. Raises Inexpressible when its name is too long to be part of another."""
    name = f"{PREFIX}{contract.metadata.name}"
    if len(name) > _LONGEST_NAME:
        raise Inexpressible(
            f"{contract.ref}: {PREFIX} and its name have more than {_LONGEST_NAME} characters: shorten the name"
        )
    return ObjectRef(api_version=RULE_VERSION, kind=RULE_KIND, name=name, namespace=contract.metadata.namespace)


def manifest(contract: SLAContract, said: Rules) -> dict[str, Any]:
    """The object with the rules, ready to be created. One of a contract that is in no cluster has no owner."""
    ref = where(contract)
    labels = {**(contract.spec.publish.labels if contract.spec.publish else {}), **MANAGED_BY}
    meta: dict[str, Any] = {"name": ref.name, "namespace": ref.namespace, "labels": labels}
    if contract.metadata.uid:
        meta["ownerReferences"] = [owner(contract)]
    return {
        "apiVersion": ref.api_version,
        "kind": ref.kind,
        "metadata": {key: value for key, value in meta.items() if value is not None},
        "spec": {"groups": list(said.groups)},
    }


def owner(contract: SLAContract) -> dict[str, Any]:
    """What makes the object the contract's: it goes when this life of the contract goes."""
    return {
        "apiVersion": API_VERSION,
        "kind": contract.names.kind,
        "name": contract.metadata.name,
        "uid": contract.metadata.uid,
        "controller": True,
    }
