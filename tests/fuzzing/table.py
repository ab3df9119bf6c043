"""The table of a hunt, as Markdown."""

from collections.abc import Iterator

from tests.fuzzing.hunt import Catch


def table(catch: Catch) -> str:
    """A line for each route: how often it was asked, how it answered, how much was held against that, what was found."""
    return "\n".join(_lines(catch))


def _lines(catch: Catch) -> Iterator[str]:
    yield "| Route | Requests | Answers | Checks | Found |"
    yield "| --- | ---: | --- | ---: | ---: |"
    for label, row in sorted(catch.rows.items()):
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(row.statuses.items()))
        yield f"| `{label}` | {row.requests} | {answers} | {row.checks} | {len(row.found)} |"
    rows = catch.rows.values()
    sums = sum(row.requests for row in rows), sum(row.checks for row in rows), len(catch.found)
    yield f"| all | {sums[0]} | | {sums[1]} | {sums[2]} |"
