"""What a kubelet does for the operator: start it again whenever it has ended."""

import contextlib
import threading

from testbed.operator_process import OperatorProcess
from testbed.process import StartFailedError, WardenGoneError
from testbed.waiting import WaitedTooLongError, until


class Keeper:
    """Keeps one operator running from its making until `close`. `ends` counts how often it ended by itself."""

    def __init__(self, operator: OperatorProcess) -> None:
        self.operator = operator
        self.ends = 0
        self._closed = False
        self._hands = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def kill(self) -> None:
        """SIGKILL; it is dead when this returns, and not started again before `revive`."""
        self._hands.acquire()
        self.operator.kill9()

    def revive(self) -> None:
        """A new process, back when it is alive."""
        try:
            self.operator.start()
        finally:
            self._hands.release()

    def close(self) -> None:
        """End it and leave it so."""
        self._closed = True
        with self._hands:
            self.operator.stop()
        self._thread.join(5)

    def _keep(self) -> None:
        while not self._closed:
            with contextlib.suppress(WaitedTooLongError, WardenGoneError):
                until(lambda: self._closed or not self.operator.alive, 60, "the operator to end")
                self._look()

    def _look(self) -> None:
        with self._hands:
            if self._closed or self.operator.alive:
                return
            self.ends += 1
            # As in a crash loop: what keeps it from starting may be the very fault.
            with contextlib.suppress(StartFailedError):
                self.operator.start()
