"""What all tests share: the testbed's fixtures, which of them run in one process, and that no example is timed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["testbed.fixtures"]

# Laws hold on a slow machine, too.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_TOGETHER = ("e2e", "contract")
"""Folders whose tests change the cluster that they share: they run in one process, in their order."""


class ByPlace(LoadScopeScheduling):  # type: ignore[misc]  # xdist tells no types
    """Hands a file to a process as a whole, or such a folder."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        folder = Path(file).parts[1]
        return folder if folder in _TOGETHER else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByPlace:
    """Where several processes share the tests."""
    return ByPlace(config, log)
