"""A program that keeps its address while it comes and goes: stop it, kill it, freeze it, start it again."""

from collections.abc import Callable

from testbed.process import Command, Process
from testbed.run import Run


class Service:
    """One command of a run, with what tells that it is ready. Every start uses the same command, so the same port."""

    def __init__(self, run: Run, command: Command, ready: Callable[[], object], ready_seconds: float = 30) -> None:
        self.command = command
        self._run = run
        self._ready = ready
        self._ready_seconds = ready_seconds
        self._process: Process | None = None

    @property
    def process(self) -> Process:
        """The process of the latest start. Raises `RuntimeError` before the first one."""
        if self._process is None:
            raise RuntimeError(f"{self.command.name} has not been started yet")
        return self._process

    def start(self) -> None:
        """Start it and return when it is ready. Raises `StartFailedError` or `PortTakenError`."""
        self.launch()
        self.process.await_ready(self._ready, self._ready_seconds)

    def launch(self) -> None:
        """Start it and do not wait: for tests in which it is not supposed to become ready."""
        self._process = self._run.start(self.command)

    def stop(self) -> int:
        """Ask it to end, and make it; its exit code."""
        return self.process.stop()

    def kill9(self) -> int:
        """Kill it without a word; its exit code."""
        return self.process.kill9()

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()
