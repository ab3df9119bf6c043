"""What all tests share: the testbed's fixtures."""

pytest_plugins = ["testbed.fixtures"]
