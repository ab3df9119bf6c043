"""`python -m tests.faults`: the crash matrix, one JSON line a cell, and last the sums; fails when any is not 0."""

import json
import sys

from tests.faults.cells import Row, summary
from tests.faults.matrix import whole
from tests.faults.stage import stage
from tests.faults.table import ACTIONS


def main() -> int:
    """Lives through every cell; the exit code."""
    rows: list[Row] = []
    with stage(ACTIONS) as made:
        for row in whole(made):
            rows.append(row)
            sys.stdout.write(json.dumps(row.wire()) + "\n")
            sys.stdout.flush()
    sums = summary(rows)
    sys.stdout.write(json.dumps(sums) + "\n")
    return 1 if any(count for name, count in sums.items() if name != "cells") else 0


if __name__ == "__main__":
    sys.exit(main())
