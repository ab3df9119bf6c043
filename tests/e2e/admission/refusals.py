"""What a refusal by an admission policy looks like to the caller."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from testbed.api import ApiError
from testbed.waiting import until

KNOWN_SECONDS = 60.0


@contextmanager
def refused(by: str, saying: str) -> Iterator[None]:
    """What is inside is refused with 403, by that policy, and the message says why."""
    with pytest.raises(ApiError) as caught:
        yield
    assert caught.value.status == 403, caught.value
    assert f"ValidatingAdmissionPolicy '{by}'" in str(caught.value)
    assert saying in str(caught.value)


def await_refusal(attempt: Callable[[], object], by: str, saying: str, seconds: float = KNOWN_SECONDS) -> None:
    """Try until it is refused that way: the server's policies learn of labels and RedLines within moments.

    `attempt` is a dry run, since it may be accepted at first.
    """

    def is_refused() -> bool:
        try:
            attempt()
        except ApiError as problem:
            return problem.status == 403 and f"'{by}'" in str(problem) and saying in str(problem)
        return False

    until(is_refused, seconds, f"{by} to refuse, saying {saying!r}")
