"""What this process may do: so much memory, so many seconds, and connections to addresses that may be called."""

import resource
import signal
import sys
from dataclasses import dataclass, field
from typing import Any

from autonomic.environment.addresses import forbidden

_BYTES = 384 << 20
_STARTS = ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen")


@dataclass
class Findings:
    """What was seen on the way: codes of answers (SMTP's by the HTTP status that means as much), and what was refused."""

    statuses: list[int] = field(default_factory=list)
    refused: str | None = None
    reached: bool = False

    def refuse(self, why: str) -> PermissionError:
        """Remembers the reason, since libraries swallow errors; raise what is returned."""
        self.refused = why
        return PermissionError(why)


def bound(seconds: float) -> None:
    """From now on this process takes no more memory than that, and ends after so many seconds whoever waits for it."""
    resource.setrlimit(resource.RLIMIT_DATA, (_BYTES, _BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.setitimer(signal.ITIMER_REAL, seconds)


def guard(findings: Findings, *, loopback: bool) -> None:
    """From now on no address is connected to that may not be called, and no program is started."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            address = arguments[1]
            host = address[0] if isinstance(address, tuple) else ""
            why = forbidden(host, loopback=loopback) if host else "a socket of this machine"
            if why:
                raise findings.refuse(f"its host is {why}")
        elif event in _STARTS:
            raise findings.refuse("it starts a program")

    sys.addaudithook(watch)
