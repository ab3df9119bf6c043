"""What all tests share: the testbed's fixtures, and which of them run in one process."""

from pathlib import Path

import pytest

pytest_plugins = ["testbed.fixtures"]

_TOGETHER = ("e2e", "contract")
"""Folders whose tests change the cluster that they share: they run in one process, in their order."""
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Each file, or such a folder, is a group that is not torn apart."""
    for item in items:
        folder = item.path.relative_to(_HERE).parts[0]
        item.add_marker(pytest.mark.xdist_group(folder if folder in _TOGETHER else str(item.path.relative_to(_HERE))))
