"""The CPU of one page of metrics, in milliseconds."""

import time
from datetime import UTC, datetime

from autonomic.domain.signals.received import Signal
from autonomic.signals.limits import Limits
from autonomic.signals.page import page
from autonomic.signals.series import Series
from autonomic.signals.tally import Tally

SERIES = 20_000
_LINES = 3
_TIMES = 15


def render_ms() -> float:
    """The median over several pages, each after every series has changed."""
    series = Series(Limits(series=SERIES, series_in_all=SERIES), "namespace")
    took = []
    for turn in range(_TIMES):
        series.add("sender", [_signal(number, turn) for number in range(SERIES // _LINES + 1)], 0.0)
        began = time.process_time()
        text = page(series, Tally(), 0.0)
        took.append(time.process_time() - began)
    assert text.count("\nautonomic_signal") >= SERIES
    return 1000 * sorted(took)[_TIMES // 2]


def _signal(number: int, turn: int) -> Signal:
    labels = {"deployment": f"triage-{number}", "agent": "summariser", "model": "small-1", "code": "429"}
    return Signal("TaskFailureCount", "shop", labels, number + turn / 7, datetime.now(UTC), "/conductor", str(number))
