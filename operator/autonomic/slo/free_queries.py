"""Whole queries that people write, where an administrator allows them: parsed, held to their tenant, else refused."""

import promql_parser

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher
from autonomic.domain.words import FREE_QUERIES_LABEL
from autonomic.slo.measures import WINDOW, Query
from autonomic.slo.tenancy import held

_RANGES = (promql_parser.MatrixSelector, promql_parser.SubqueryExpr)
_CONSTANTS = (promql_parser.NumberLiteral, promql_parser.StringLiteral)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")


def allowed(field: str, namespace: str, *, free_queries: bool) -> None:
    """Raises Invalid where no administrator allows whole queries."""
    if not free_queries:
        raise Invalid(
            f"{field}: whole queries are not allowed in namespace {namespace}: an administrator must label it"
            f" {FREE_QUERIES_LABEL}=true; or use ratio, latency, threshold or signal, which need no leave"
        )


def counting(text: str, field: str, tenant: Matcher | None) -> Query:
    """A query that counts events in `$window`. Raises Invalid that names the field, the query and what is wrong."""
    if WINDOW not in text:
        raise Invalid(f"{field}: {text!r} does not use {WINDOW}: write the range it counts over as [{WINDOW}]")
    return _read(text, field, tenant)


def looking(text: str, field: str, tenant: Matcher | None) -> Query:
    """A query that looks at a value. Raises Invalid that names the field, the query and what is wrong."""
    if WINDOW in text:
        raise Invalid(
            f"{field}: {text!r} uses {WINDOW}, which only ratioQuery has: write a range of its own, such as [5m]"
        )
    return _read(text, field, tenant)


def with_window(query: Query, window: str = "5m") -> str:
    """The query with a plain window in place of `$window`."""
    return query.text.replace(WINDOW, window)


def _read(text: str, field: str, tenant: Matcher | None) -> Query:
    query = Query(text.strip())
    tree = _parsed(query, field)
    if isinstance(tree, _RANGES):
        raise Invalid(f"{field}: {text!r} is a range of samples, not a number: wrap it, such as sum(increase(...))")
    if isinstance(tree, _CONSTANTS):
        raise Invalid(f"{field}: {text!r} is a constant, which says nothing about the workload: select a metric")
    if _drops(tree):
        raise Invalid(
            f"{field}: {text!r} is a comparison, which drops what does not hold it: write the value alone,"
            " or the comparison with bool"
        )
    held(tree, field, tenant)
    return query


def _parsed(query: Query, field: str) -> promql_parser.Expr:
    """The tree; parsed in parentheses too, so that no comment at the end swallows what the engine puts around it."""
    text = with_window(query)
    try:
        tree = promql_parser.parse(text)
    except ValueError as error:
        raise Invalid(f"{field}: {query.text!r} is not PromQL: {error}") from error
    try:
        promql_parser.parse(f"({text})")
    except ValueError as error:
        raise Invalid(f"{field}: {query.text!r} ends in a comment: leave it out") from error
    return tree


def _drops(tree: promql_parser.Expr) -> bool:
    while isinstance(tree, promql_parser.ParenExpr):
        tree = tree.expr
    if not isinstance(tree, promql_parser.BinaryExpr) or str(tree.op) not in _COMPARISONS:
        return False
    return not (tree.modifier and tree.modifier.return_bool)
