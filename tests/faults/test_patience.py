"""`Retry-After` of the API server, kept by the operator's own connection."""

import pytest

from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.patience import LONGEST, Patience
from autonomic.domain.errors import Unavailable
from testbed.cluster import Cluster
from testbed.faults.fault import Answer, Fault, Where
from testbed.faults.proxy import before_apiserver
from testbed.people import ROOT

PATH = "/api/v1/namespaces"


class Hand:
    """A clock that a test sets."""

    at = 0.0

    def monotonic(self) -> float:
        """Its time."""
        return self.at


def test_a_request_is_spared_for_as_long_as_the_server_asked() -> None:
    clock = Hand()
    patience = Patience(clock.monotonic)
    patience.heed("PATCH", PATH, "3")
    clock.at = 2.9
    assert patience.left("PATCH", PATH) == pytest.approx(0.1)
    clock.at = 3.0
    assert patience.left("PATCH", PATH) == 0


def test_others_are_not_spared_with_it() -> None:
    patience = Patience(Hand().monotonic)
    patience.heed("PATCH", PATH, "3")
    assert patience.left("GET", PATH) == patience.left("PATCH", f"{PATH}/one") == 0


@pytest.mark.parametrize("nothing", [None, "", "soon", "-1", "Mon, 23 Nov 2026 05:00:00 GMT"])
def test_what_is_no_number_of_seconds_asks_for_nothing(nothing: str | None) -> None:
    patience = Patience(Hand().monotonic)
    patience.heed("PATCH", PATH, nothing)
    assert patience.left("PATCH", PATH) == 0


def test_nobody_is_asked_to_wait_for_ever() -> None:
    patience = Patience(Hand().monotonic)
    patience.heed("PATCH", PATH, "99999999")
    assert patience.left("PATCH", PATH) == LONGEST


async def test_a_request_that_was_asked_to_wait_is_not_even_sent(cluster: Cluster) -> None:
    with before_apiserver(cluster) as proxy:
        proxy.add(Fault(Where(path=PATH), Answer(429, retry_after=60)))
        connection = await Connection.open(proxy.kubeconfig(cluster, cluster.tokens[ROOT]))
        for _ in range(2):
            with pytest.raises(Unavailable):
                await connection.request("GET", PATH, "list")
        assert (await connection.request("GET", f"{PATH}/default", "read"))["kind"] == "Namespace"
        assert len(proxy.record.entries(lambda entry: entry.asked.path == PATH)) == 1
        await connection.aclose()
