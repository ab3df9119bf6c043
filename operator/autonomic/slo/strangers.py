"""Contracts that ask a metrics server which the settings do not name."""

from collections.abc import Collection

from autonomic.domain.contracts import SLAContract
from autonomic.domain.servers import unknown


def stranger(contract: SLAContract, known: Collection[str]) -> str | None:
    """What is wrong with the servers that it asks, with the field and the way out; None when all are known."""
    for objective in contract.spec.objectives:
        if objective.server not in known:
            return unknown(f"objectives.{objective.name}.indicator.server", objective.server, known)
    return None
