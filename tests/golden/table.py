"""All cases of the golden table, in the order of the report."""

from tests.golden import (
    alerts,
    appearances,
    breaks,
    calendars,
    combinations,
    counters,
    edges,
    groups,
    indicators,
    native,
    occurrences,
    slices,
    states,
    watched,
)
from tests.golden.case import Case

CHAPTERS: tuple[tuple[str, tuple[Case, ...]], ...] = (
    ("Rolling periods", occurrences.CASES),
    ("Counters", counters.CASES + appearances.CASES),
    ("Slices of time", slices.CASES),
    ("The calendar", calendars.CASES + edges.CASES),
    ("Indicators", indicators.CASES + native.CASES + groups.CASES),
    ("What is not known", states.CASES),
    ("Maintenance", breaks.CASES),
    ("Alerts", alerts.CASES),
    ("Put together", combinations.CASES),
    ("While the engine watches", watched.CASES),
)
"""The table's chapters: title and cases."""

CASES: tuple[Case, ...] = tuple(
    each.own(f"c{number:03}_") for number, each in enumerate((one for _, cases in CHAPTERS for one in cases), 1)
)
"""Every case with a prefix of its own, in order."""
