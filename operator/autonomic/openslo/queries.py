"""PromQL of other tools: plain forms become selectors, others whole queries over `$window`."""

import re
from dataclasses import dataclass

import promql_parser

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import selector

WINDOW = "$window"
_TEMPLATES = re.compile(r"\{\{\s*\.window\s*\}\}|\$__(?:window|range|rate_interval)\b|\$\{window\}")
"""How other tools write the range that is filled in later."""

_STRING = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`'
_RANGE = re.compile(rf"(?P<string>{_STRING})|\[(?P<range>[^\[\]]*)\]")
_RATE = re.compile(rf"(?P<string>{_STRING})|\brate(?=\s*\()")
_BESIDES = re.compile(rf"{_STRING}|\{{[^{{}}]*\}}|\[[^\[\]]*\]", re.DOTALL)
"""What a query holds besides its functions and operators."""

_COUNTING = {"sum", "rate", "increase", "or", "by", "without"}


@dataclass(frozen=True, slots=True)
class Plain:
    """A selector found inside a plain form; `ranged` where it was counted over a range."""

    selector: str
    ranged: bool


def plain(query: str) -> Plain | None:
    """The selector in `sum(rate(S[5m]))`, `sum(increase(S[5m]))`, `sum(S)` or `S`; None for any other form."""
    inner = _inside("sum", query) or query
    counted = _inside("rate", inner) or _inside("increase", inner)
    if counted is None:
        return _selector(inner, ranged=False)
    found = re.fullmatch(r"(.*?)\s*\[[^\[\]:]*\]\s*", counted, re.DOTALL)
    return _selector(found[1], ranged=True) if found else None


def aggregated(query: str) -> tuple[str, str] | None:
    """(aggregate, selector) of `max(S)`, `min(S)`, `avg(S)` or `sum(S)`; ("", S) of a bare selector; else None."""
    for name in ("max", "min", "avg", "sum"):
        inner = _inside(name, query)
        if inner is not None and (found := _selector(inner, ranged=False)):
            return name.title(), found.selector
    found = _selector(query, ranged=False)
    return ("", found.selector) if found else None


def windowed(query: str) -> str:
    """The query that counts events in `$window`. Raises ValueError that says what stands in the way."""
    text = _TEMPLATES.sub(WINDOW, query)
    ranges = {found["range"] for found in _RANGE.finditer(text) if found["range"] is not None}
    if not ranges:
        raise ValueError("the query counts over no range")
    if any(":" in each for each in ranges):
        raise ValueError("the query has a subquery")
    if len(ranges) > 1:
        raise ValueError(f"the query has several ranges ({', '.join(sorted(ranges))})")
    text = _RANGE.sub(lambda found: found["string"] or f"[{WINDOW}]", text)
    check(text)
    return _events(text)


def check(query: str) -> None:
    """Raises ValueError that quotes the parser, for what is not PromQL once `$window` is a range."""
    try:
        promql_parser.parse(query.replace(WINDOW, "5m"))
    except ValueError as error:
        raise ValueError(f"the query is not PromQL: {error}") from error


def _events(text: str) -> str:
    """Rates turned into counts, where the query only adds them up."""
    outside = _BESIDES.sub(" ", text)
    words = set(re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?=\s*\()|\bor\b", outside))
    if "irate" in words or ("rate" in words and (words - _COUNTING or re.search(r"[*/%^<>=]", outside))):
        raise ValueError("the query does more with a rate than add it up, so it counts no events: use increase")
    return _RATE.sub(lambda found: found["string"] or "increase", text)


def _inside(function: str, query: str) -> str | None:
    found = re.fullmatch(rf"\s*{function}\s*\((.*)\)\s*", query, re.DOTALL)
    return found[1] if found else None


def _selector(text: str, ranged: bool) -> Plain | None:
    try:
        selector(text.strip(), "query")
    except Invalid:
        return None
    return Plain(text.strip(), ranged)
