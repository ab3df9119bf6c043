"""The golden table as a page: `python -m tests.golden.report` writes docs/golden.md from a real Prometheus."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from autonomic.domain.budgets import ErrorBudget
from testbed.run import Run
from tests.golden.agreement import Pairs, engine_differences, numbers
from tests.golden.case import Case, Figures
from tests.golden.fallback import BOUND, drifts
from tests.golden.holding import start_holding
from tests.golden.table import CASES, CHAPTERS
from tests.golden.turning import CARRIED, Sayings, sayings

PATH = Path(__file__).parents[2] / "docs" / "golden.md"

_INTRODUCTION = """# The golden table

{cases} cases, each worked out by hand with the arithmetic beside it. The samples of every case lie in one real Prometheus; an
independent count over the raw samples (tests/oracle, which shares no code with the operator) gives the same figures as exact
fractions. *Engine* is what the SLO engine says of that Prometheus: started fresh at the case's time, carried forward over
{turns} turns, minute by minute, and turned again after half an hour of silence: all the same. *Off* is how far its figures are
from the exact ones, the worst of budget, SLI, counts and burn rates; up to 1e-9 is what is promised. Latencies of native
histograms are said to be Approximate, as the engine can't know that a threshold is a bucket's border; where it is one, as here,
the figures are exact. How the samples of a case run is written in tests/golden.

Written by `make golden-report`, and held against the tree by the tests.
"""

_COLUMNS = ("Case", "Arithmetic", "Bad / total", "Remaining", "Level", "Engine: remaining", "Level", "Off")

_FALLBACK = """
## Without exact ranges

A server that does not know `anchored` is asked for plain `increase`, which extrapolates from the samples inside a window. The
same cases there, said to be Approximate: where nothing happens at the period's edge bad and total are off by at most {steady}
(the bound that the tests hold is {bound}). Of the other cases, {blind} lose all that failed: a counter's first step in a
window, a first value, or a slice with a single sample shows no increase.

| Case | Bad off by | Total off by |
| --- | --- | --- |
"""

_DECIMALS = Fraction(1, 10**24)
"""Below this, decimals of 28 digits differ from fractions that have no end."""


def report(told: Mapping[str, Sayings]) -> str:
    """The page, from what the engine says of each case by its name."""
    own = iter(CASES)
    chapters = [_chapter(title, [next(own) for _ in cases], told) for title, cases in CHAPTERS]
    introduction = _INTRODUCTION.format(cases=len(CASES), turns=len(CARRIED))
    return "\n".join([introduction, *chapters]) + _fallback(told)


def _chapter(title: str, cases: Iterable[Case], told: Mapping[str, Sayings]) -> str:
    rows = [row for case in cases for row in _rows(case, told[case.name])]
    return f"## {title}\n\n" + "".join([_row(_COLUMNS), _row(["---"] * len(_COLUMNS)), *rows])


def _rows(case: Case, said: Sayings) -> Iterable[str]:
    name, arithmetic = case.name, case.arithmetic
    for key, wanted in case.expected.items():
        shown = name if key == "availability" else f"{name} ({key.removeprefix('availability/')})".lstrip()
        yield _row([shown, arithmetic, *_expected(wanted), *_engine(case, said, key, wanted)])
        name, arithmetic = "", ""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _expected(wanted: Figures) -> list[str]:
    if wanted.unknown:
        return ["", "Unknown", wanted.unknown]
    counts = "" if wanted.shares else f"{number(wanted.bad)} / {number(wanted.total)}"
    return [counts, number(wanted.remaining), wanted.level or "None"]


def _engine(case: Case, said: Sayings, key: str, wanted: Figures) -> list[str]:
    cold = said.cold.get(key)
    wrong = [
        f"{way}: {difference}"
        for way, one in (("fresh", cold), ("carried", said.carried.get(key)), ("slept", said.slept.get(key)))
        for difference in engine_differences(case, one, wanted)
    ]
    if cold is None:
        return ["nothing", "", "; ".join(wrong)]
    if not isinstance(cold.budget, ErrorBudget):
        return ["Unknown", cold.budget.reason, "; ".join(wrong) or "0"]
    off = _off(numbers(cold, cold.budget, wanted))
    return [number(Fraction(cold.budget.remaining)), cold.level or "None", "; ".join(wrong) or off]


def _off(pairs: Pairs) -> str:
    apart = [
        abs(Fraction(got) - right)
        for got, right in pairs.values()
        if isinstance(got, Decimal) and isinstance(right, Fraction)
    ]
    worst = max(apart)
    return "0" if worst < _DECIMALS else f"{Decimal(worst.numerator) / Decimal(worst.denominator):.0e}"


def number(value: Fraction) -> str:
    """A number as people write it: in full where it ends within six decimals, as a fraction, or rounded."""
    millionths = value * 10**6
    if millionths.denominator == 1:
        text = f"{Decimal(millionths.numerator) / 10**6:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    near = value.limit_denominator(10**6)
    return f"{near.numerator:,}/{near.denominator:,}"


def _fallback(told: Mapping[str, Sayings]) -> str:
    found = [(case, drift) for case in CASES for drift in drifts(case, told[case.name].approximate)]
    steady = max(drift.worst for case, drift in found if case.steady)
    blind = sum(drift.blind for _, drift in found)
    introduction = _FALLBACK.format(steady=_percent(steady), bound=_percent(BOUND), blind=blind)
    seen = (pair for pair in found if pair[1].worst > BOUND / 100 and not pair[1].blind)
    shown = sorted(seen, key=lambda pair: -pair[1].worst)
    return introduction + "".join(_row([case.name, _percent(one.bad), _percent(one.total)]) for case, one in shown)


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.4f} %"


def main() -> None:
    """Writes the page."""
    with Run() as run:
        url = start_holding(run, CASES).url
        PATH.write_text(report({case.name: sayings(url, case) for case in CASES}))


if __name__ == "__main__":
    main()
