"""The digest that a review repeats: SHA-256 over the canonical JSON (RFC 8785) of a plan's spec, but for its reviews."""

import hashlib
from typing import Any

import rfc8785

from autonomic.domain.plans import AdaptationPlanSpec


def digest(spec: AdaptationPlanSpec) -> str:
    """`sha256:<hex>` of everything in the spec that is fixed when the plan is made."""
    return canonical_digest({name: value for name, value in spec.wire().items() if name not in ("digest", "reviews")})


def canonical_digest(document: dict[str, Any]) -> str:
    """`sha256:<hex>` of the document's canonical JSON: equal documents have equal digests, however they are written."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(document)).hexdigest()
