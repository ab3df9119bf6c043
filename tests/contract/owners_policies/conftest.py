"""What these tests share: an OPA of their own, and a world before it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing

import pytest

from autonomic.adapters.opa import OpaPolicyEngine, OpaPolicyServer
from testbed.build import ensure_built
from testbed.opa import Opa, start_opa
from testbed.programs.catalogue import OPA
from testbed.run import Run
from testbed.showcase import POLICIES
from tests.contract.owners_policies.world import TIMEOUT, World


@pytest.fixture(scope="module")
def own_opa(testbed_run: Run) -> Iterator[Opa]:
    opa = start_opa(testbed_run, POLICIES)
    yield opa
    opa.service.stop()


@pytest.fixture
async def world(own_opa: Opa) -> AsyncIterator[World]:
    ensure_built((OPA,))
    async with (
        aclosing(OpaPolicyEngine(own_opa.url, TIMEOUT)) as engine,
        aclosing(OpaPolicyServer(own_opa.url, TIMEOUT)) as server,
    ):
        yield World(engine, server)
        for module in await server.loaded():
            if module.startswith("autonomic-owners/"):
                await server.unload(module)
