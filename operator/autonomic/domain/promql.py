"""Selectors as people write them, parsed before they are used, so that no text is ever spliced into a query unread."""

from functools import lru_cache

import promql_parser

from autonomic.domain.errors import Invalid


@lru_cache(maxsize=16384)
def canonical(selector: str, field: str) -> str:
    """The selector in canonical form. Raises Invalid that names the field, quotes the parser and says what is wanted."""
    try:
        tree = promql_parser.parse(selector)
    except ValueError as error:
        raise Invalid(f"{field}: {selector!r} is not PromQL: {error}") from error
    if not isinstance(tree, promql_parser.VectorSelector):
        raise Invalid(
            f'{field}: {selector!r} is not a plain selector: write metric{{label="value"}}, the engine aggregates'
        )
    if tree.offset is not None or tree.at is not None:
        raise Invalid(f"{field}: {selector!r} has an offset or @: leave them out, the engine chooses the time")
    return str(tree.prettify())
