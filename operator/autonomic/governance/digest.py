"""The digest that a review repeats: SHA-256 over the canonical JSON (RFC 8785) of a plan's spec, but for its reviews."""

import hashlib

import rfc8785

from autonomic.domain.plans import AdaptationPlanSpec


def digest(spec: AdaptationPlanSpec) -> str:
    """`sha256:<hex>` of everything in the spec that is fixed when the plan is made."""
    fixed = {name: value for name, value in spec.wire().items() if name not in ("digest", "reviews")}
    return "sha256:" + hashlib.sha256(rfc8785.dumps(fixed)).hexdigest()
