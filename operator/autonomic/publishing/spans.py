"""The windows that an objective's rules look at."""

from dataclasses import dataclass

from autonomic.domain.objectives import Objective
from autonomic.domain.units import milliseconds

_DAY = 86_400_000


@dataclass(frozen=True)
class Spans:
    """The distinct windows of an objective, shortest first, as its author wrote them.

    `period` is None where it is of the calendar; `interval` is how often the rules are evaluated.
    """

    windows: tuple[str, ...]
    period: str | None
    interval: str

    @property
    def base(self) -> str:
        """The shortest: what is recorded over it is summed for the long ones."""
        return self.windows[0]

    def named(self, window: str) -> str:
        """The window as the series' names spell it: 60m is 1h where both occur."""
        return next(each for each in self.windows if milliseconds(each) == milliseconds(window))

    def direct(self, window: str) -> bool:
        """Whether it is read from the exporters' series: up to a day. Longer ones are summed from recorded series."""
        return window == self.base or milliseconds(window) <= _DAY


def spans(objective: Objective) -> Spans:
    """The windows of its tiers and of its period; the rules are evaluated each resolution, or each slice."""
    rolling = objective.window.rolling
    asked = [each for tier in objective.tiers for each in (tier.short, tier.long)] + ([rolling] if rolling else [])
    names: dict[int, str] = {}
    for window in sorted(asked, key=milliseconds):
        names.setdefault(milliseconds(window), window)
    interval = objective.alerting.resolution if objective.budgeting == "Occurrences" else objective.slice_length
    return Spans(tuple(names.values()), names[milliseconds(rolling)] if rolling else None, interval)
