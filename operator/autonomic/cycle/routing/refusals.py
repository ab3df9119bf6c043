"""Why a decision or an outcome is refused: one type for each reason, so that callers can tell them apart.

RouteRefused
  UnknownRoute         no such AdaptiveRoute, or it can't be read
  UnknownTaskType      the route does not know this kind of task
  NoCandidate          nothing holds the constraints; `reasons` says why, candidate by candidate
  UnknownDecision      never made here, of another route, or expired
  SecondOutcome        its outcome was told already
  AbsurdOutcome        a figure that no task has
"""

from collections.abc import Mapping

from autonomic.domain.errors import Invalid


class RouteRefused(Invalid):
    """The call can't be answered as it was made. `str(error)` names the field, the value and the way out."""


class UnknownRoute(RouteRefused):
    """No such route."""


class UnknownTaskType(RouteRefused):
    """The route does not know this kind of task."""


class NoCandidate(RouteRefused):
    """Nothing holds the constraints. `reasons` are sentences by candidate."""

    def __init__(self, route: str, task_type: str, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        said = "; ".join(f"{name}: {why}" for name, why in self.reasons.items())
        super().__init__(
            f"no candidate of AdaptiveRoute {route} may do {task_type!r}: {said}. Ask for less, or set"
            " safety.noCandidate: Baseline"
        )


class UnknownDecision(RouteRefused):
    """Never made here, of another route, or expired."""


class SecondOutcome(RouteRefused):
    """Its outcome was told already."""


class AbsurdOutcome(RouteRefused):
    """A figure that no task has; the message names the field."""
