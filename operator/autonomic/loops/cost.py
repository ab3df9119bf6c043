"""CostOptimizationLoop: what is spent too fast asks for a cheaper way, and what was saved is given back in time."""

from collections.abc import Iterable
from typing import ClassVar

from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.crowding import is_told
from autonomic.domain.findings import Analysis
from autonomic.domain.meta import condition
from autonomic.domain.readings import Answers, Question
from autonomic.domain.view import View
from autonomic.domain.words import Truth
from autonomic.loops.cost_awake import AWAKE
from autonomic.loops.cost_finding import climbing, giving_back
from autonomic.loops.cost_report import report
from autonomic.loops.cost_resting import falling_asleep, priced
from autonomic.loops.cost_standing import Standing, standings
from autonomic.loops.cost_waking import waking


class CostOptimizationLoop:
    """Holds CostBudgets against what was spent; the layer has counted it."""

    type: ClassVar[str] = "Cost"

    def monitor(self, view: View) -> Iterable[Question]:
        """What workloads cost that may rest now; what is spent is in the view."""
        return priced(view)

    def analyze(self, loop: ControlLoopResource, view: View, answers: Answers) -> Analysis:
        """A report for each budget; a finding for each rung that asks for something, each plan to be given back, each rest."""
        found = list(standings(view).values())
        findings = [each for standing in found for each in climbing(standing, loop, view)]
        findings += [each for standing in found for each in giving_back(standing, loop, view)]
        findings += (*waking(loop, view), *falling_asleep(loop, view, answers))
        return Analysis(tuple(report(each, view) for each in found if not _is_told(each, view)), tuple(findings))

    def pace(self, view: View) -> float | None:
        """The loop's own interval."""
        return None


def _is_told(standing: Standing, view: View) -> bool:
    """Whether it has no place in its namespace and says so already, and nothing of it rests that has to come back."""
    budget = standing.budget
    crowd = view.crowd(budget)
    if crowd is None or not is_told(crowd, budget.metadata, budget.status.conditions):
        return False
    awake = condition(budget.status.conditions, AWAKE)
    return awake is None or awake.status is not Truth.FALSE
