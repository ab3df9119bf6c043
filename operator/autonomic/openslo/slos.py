"""The spec of an SLO out of an objective."""

from decimal import Decimal
from typing import Any

from autonomic.domain.contracts import SLAContract
from autonomic.domain.objectives import Objective
from autonomic.domain.units import milliseconds
from autonomic.openslo.annotations import DESCRIPTION, SERVICE, key
from autonomic.openslo.durations import shorthand
from autonomic.openslo.slis import Sli
from autonomic.openslo.windows import time_window

_MINUTE = 60_000


def slo_spec(contract: SLAContract, objective: Objective, measured: Sli, name: str) -> dict[str, Any] | None:
    """The spec without alert policies; None where the period is no whole number of minutes."""
    window, said = time_window(objective.window), contract.metadata.annotations
    if window["duration"] is None:
        return None
    described = said.get(key(DESCRIPTION))
    return {
        **({"description": described} if described else {}),
        "service": said.get(key(SERVICE), contract.spec.target_ref.name),
        "indicator": {"metadata": {"name": name}, "spec": measured.spec},
        "timeWindow": [window],
        "budgetingMethod": objective.budgeting,
        "objectives": [{**measured.bound, "target": _ratio(objective.target), **_slices(objective)}],
    }


def _slices(objective: Objective) -> dict[str, Any]:
    if objective.budgeting == "Occurrences":
        return {}
    length = shorthand(objective.slice_length) or Decimal(milliseconds(objective.slice_length)) / _MINUTE
    if objective.budgeting == "RatioTimeslices":
        return {"timeSliceWindow": length}
    target = objective.slices.target if objective.slices else None
    return {"timeSliceTarget": _ratio(target) if target else 1, "timeSliceWindow": length}


def _ratio(percent: str) -> Decimal:
    """99.5 -> 0.995, every digit kept."""
    return Decimal(percent).scaleb(-2)
