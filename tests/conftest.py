"""What all tests share: the testbed's fixtures, and which of them run in one process."""

from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["testbed.fixtures"]

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
