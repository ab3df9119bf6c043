"""What is known of one objective, as health looks at it."""

from dataclasses import dataclass
from datetime import datetime

from autonomic.domain.contracts import AlertWord


@dataclass(frozen=True, slots=True)
class Figure:
    """One objective, or one group of it. `score` is None where it is Unknown, then `unknown` says why.

    `left` is the share of the budget that is left, `burn` the burn rate over the long window that sees trouble first.
    """

    contract: str
    objective: str
    alert: AlertWord
    score: float | None
    left: float = 0.0
    burn: float = 0.0
    unknown: str = ""
    since: datetime | None = None
    group: str = ""

    @property
    def about(self) -> str:
        """`triage/success`, or `triage/success{tenant=acme}`."""
        return f"{self.contract}/{self.objective}" + (f"{{{self.group}}}" if self.group else "")
