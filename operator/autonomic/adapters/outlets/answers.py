"""What an outlet's answer means: done, perhaps later, or never."""

from autonomic.domain.errors import AutonomicError, Invalid, Unavailable

PASSING = frozenset({408, 409, 425, 429})
"""Refusals that pass. 409 says that the call with this key is still being worked on (draft-ietf-httpapi-idempotency-key)."""


def objection(outlet: str, status: int) -> AutonomicError | None:
    """The error that an HTTP status means; None for a success."""
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return Invalid(
            f"outlet {outlet} answered HTTP {status}, a redirect, and none is followed: configure where it leads"
        )
    if status in PASSING or status >= 500:
        return Unavailable(f"outlet {outlet} answered HTTP {status}")
    return Invalid(f"outlet {outlet} refused the call: HTTP {status}")
