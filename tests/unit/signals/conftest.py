"""One world for each test."""

import pytest

from tests.unit.signals.sending import World


@pytest.fixture
def world() -> World:
    """Nothing was sent yet."""
    return World()
