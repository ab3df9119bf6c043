"""Selectors as people write them, parsed before they are used, so that no text is ever spliced into a query unread."""

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import promql_parser

from autonomic.domain.errors import Invalid

_BARE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


class Matcher(NamedTuple):
    """One label matcher; `op` is as PromQL writes it."""

    label: str
    op: str
    value: str

    def __str__(self) -> str:
        label = self.label if _BARE.fullmatch(self.label) else _quoted(self.label)
        return f"{label}{self.op}{_quoted(self.value)}"


class Selector(NamedTuple):
    """An instant selector: a metric (empty where the matchers name it) and matchers, sorted."""

    metric: str
    matchers: tuple[Matcher, ...]

    def __str__(self) -> str:
        inner = ",".join(str(each) for each in self.matchers)
        return f"{self.metric}{{{inner}}}" if inner else self.metric

    def also(self, *matchers: Matcher) -> "Selector":
        """The same selector with further matchers."""
        return self._replace(matchers=tuple(sorted({*self.matchers, *matchers})))


def selector(text: str, field: str) -> Selector:
    """The selector, read. Raises Invalid that names the field, quotes the parser and says what is wanted."""
    return _read(text, text, field)


@lru_cache(maxsize=1 << 12)  # a snapshot of a cluster asks for what the cluster is asked for
def _read(query: str, text: str, field: str) -> Selector:
    try:
        tree = promql_parser.parse(query)
    except ValueError as error:
        raise Invalid(f"{field}: {text!r} is not PromQL: {error}") from error
    if not isinstance(tree, promql_parser.VectorSelector):
        raise Invalid(
            f'{field}: {text!r} is not a plain selector: write metric{{label="value"}}, the engine aggregates'
        )
    if tree.offset is not None or tree.at is not None:
        raise Invalid(f"{field}: {text!r} has an offset or @: leave them out, the engine chooses the time")
    if tree.matchers.or_matchers:
        raise Invalid(f"{field}: {text!r} joins matchers with `or`: write one matcher with =~ instead")
    return Selector(tree.name or "", tuple(sorted(set(_matchers(tree.matchers.matchers)))))


def matchers(text: str, field: str) -> tuple[Matcher, ...]:
    """Matchers in braces, `{app="agent"}`, read; `{}` are none. Raises Invalid as `selector`."""
    return _read(f"any{text}", text, field).matchers  # a metric, because `{app!="agent"}` alone is no selector


def _matchers(parsed: Iterable[promql_parser.Matcher]) -> Iterable[Matcher]:
    return (Matcher(each.name, _OPERATORS[str(each.op)], each.value) for each in parsed)
