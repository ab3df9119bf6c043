"""Writes docs/api-fuzzing.md: a longer hunt than that of the tests."""

import sys
from pathlib import Path

from tests.fuzzing.hunt import hunt
from tests.fuzzing.table import table
from tests.fuzzing.world import served

EXAMPLES, SEED = 30, 20261123
PAGE = Path(__file__).parents[2] / "docs" / "api-fuzzing.md"
_HEAD = f"""\
# The API fuzzing table

[Schemathesis](https://schemathesis.readthedocs.io) reads the description of the API (`/openapi.json`) and asks every
route: with examples, with every boundary of every parameter, with {EXAMPLES} random requests of each kind, and with requests
that follow from the answers before them. Many of them do not fit the description on purpose. Every answer is held against the
description (status, content type, headers, schema); no answer may be a fault of the operator, what does not fit must be
refused, and no route may answer without a token. The API is the operator's own, over ports in memory, served as the operator
serves it.

What no schema can say (that a plan is not there, that no page ended with a token) may be refused with 400, 404, 409 or 422.
`make fuzz` writes this page (seed {SEED}); `make test` does the same with fewer requests and prints its table.

"""


def main() -> int:
    """The table, printed and written; 1 where anything was found."""
    with served() as url:
        catch = hunt(url, EXAMPLES, SEED)
    sys.stdout.write(f"{table(catch)}\n")
    sys.stderr.writelines(f"{each}\n" for each in catch.found)
    PAGE.write_text(f"{_HEAD}{table(catch)}\n")
    return 1 if catch.found else 0


if __name__ == "__main__":
    sys.exit(main())
