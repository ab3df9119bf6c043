"""What a check says."""

from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum

from autonomic.domain.errors import AutonomicError


class Outcome(StrEnum):
    """How a check ended. Warn: it works, but less than it could."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: a sentence, and what to do about it where it is not well."""

    name: str
    outcome: Outcome
    message: str
    remedy: str = ""


async def answered(name: str, examination: Awaitable[Check], remedy: str) -> Check:
    """What the examination says; one that gets no answer fails with the reason."""
    try:
        return await examination
    except AutonomicError as error:
        return Check(name, Outcome.FAIL, str(error), remedy)
