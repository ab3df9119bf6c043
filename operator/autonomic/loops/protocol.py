"""ControlLoop: what a loop is. A new loop is one file with these three methods, and its test."""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.findings import Analysis
from autonomic.domain.readings import Answers, Question
from autonomic.domain.view import View


class ControlLoop(Protocol):
    """Monitor, analyse, plan. All pure: the same view and answers give the same analysis."""

    type: ClassVar[str]

    def monitor(self, view: View) -> Iterable[Question]:
        """What must be asked of the metrics before the view can be judged."""
        ...

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """Reports on what is watched, and the findings that ask for a change; each fixes what may be done about it.

        Findings of one subject are alternatives: a later one counts only where those before it have nothing to do.
        """
        ...

    def pace(self, view: View) -> float | None:
        """Seconds after which another turn could see something new; None for the loop's own interval."""
        ...
