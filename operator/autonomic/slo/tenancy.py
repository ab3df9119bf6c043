"""Tenants that share a server: each selector of a whole query must carry the tenant's matcher."""

import promql_parser

from autonomic.domain.errors import Invalid
from autonomic.domain.promql import Matcher


def held(tree: promql_parser.Expr, field: str, tenant: Matcher | None) -> None:
    """Raises Invalid that names the first selector of a whole query without the tenant's matcher."""
    if tenant is None:
        return
    for node in _nodes(tree):
        if isinstance(node, promql_parser.Call) and node.func.name == "info":
            raise Invalid(f"{field}: info() reads the metrics of every tenant: join by `* on (...)` instead")
        if isinstance(node, promql_parser.VectorSelector) and not _carries(node, tenant):
            raise Invalid(
                f"{field}: the selector {node.prettify()} lacks {tenant}: tenants share this server, so write it in"
                " every selector"
            )


def _nodes(tree: promql_parser.Expr) -> list[promql_parser.Expr]:
    found: list[promql_parser.Expr] = []
    promql_parser.walk(tree, found.append)
    return found


def _carries(node: promql_parser.VectorSelector, tenant: Matcher) -> bool:
    """Each of the alternatives that `or` joins must have it."""
    alternatives = node.matchers.or_matchers or [node.matchers.matchers]
    return all(
        any(
            each.name == tenant.label and str(each.op) == "MatchOp.Equal" and each.value == tenant.value
            for each in alternative
        )
        for alternative in alternatives
    )
