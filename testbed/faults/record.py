"""Everything that a proxy was asked and what it did; to be read at any time, and awaited."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from testbed.faults.asked import Asked
from testbed.faults.fault import Fault
from testbed.waiting import WaitedTooLongError


@dataclass(frozen=True)
class Entry:
    """One thing that was done with a request.

    `came` is when the request arrived, `done` when this was decided. `status` is the HTTP code that the caller was given, None
    where there was none. `fault` is what struck it, if anything did.
    """

    asked: Asked
    came: datetime
    done: datetime
    status: int | None
    fault: Fault | None = None
    note: str = ""

    def __str__(self) -> str:
        what = self.note or (str(self.fault) if self.fault else "passed")
        return f"{self.came:%H:%M:%S.%f} {self.asked} -> {self.status or '-'} {what}"


class Record:
    """A list that only grows. Safe to use from any thread."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._grown = threading.Condition()

    def add(self, entry: Entry) -> None:
        """One more, and everyone who waits is told."""
        with self._grown:
            self._entries.append(entry)
            self._grown.notify_all()

    def entries(self, wanted: Callable[[Entry], bool] = lambda _: True) -> list[Entry]:
        """Those that are wanted, in the order in which they were done."""
        with self._grown:
            return [entry for entry in self._entries if wanted(entry)]

    def wait(self, wanted: Callable[[Entry], bool], seconds: float, what: str) -> Entry:
        """The first entry that is wanted, as soon as it is there. Raises `WaitedTooLongError`."""
        with self._grown:
            found = self._grown.wait_for(lambda: next(filter(wanted, self._entries), None), seconds)
            if found is None:
                last = "\n".join(map(str, self._entries[-5:]))
                raise WaitedTooLongError(f"waited {seconds:g} s for {what}; last on record:\n{last}")
            return found

    def struck(self, fault: Fault, seconds: float) -> Entry:
        """The first strike of that fault, as soon as it has happened. Raises `WaitedTooLongError`."""
        return self.wait(lambda entry: entry.fault == fault, seconds, f"{fault} at {fault.where}")
