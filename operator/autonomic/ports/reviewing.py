"""Reviews that are given in a person's own name."""

from typing import Protocol

from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import Review


class Reviewing(Protocol):
    """The cluster, as whoever holds a token meets it."""

    async def give(self, token: str, plan: ObjectRef, review: Review) -> None:
        """Adds the review to the plan, with the token's own rights, if the plan still has the review's digest.

        Raises Forbidden with what the cluster said, Invalid when the plan is another one or the content is not acceptable,
        NotFound, Conflict, Unavailable.
        """
        ...
