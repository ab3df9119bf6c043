"""`python -m tests.attacks`: one JSON line an attempt, and last the sums; fails when anything was done."""

import json
import sys

from testbed.cluster import local_cluster
from testbed.installation import install
from testbed.run import Run
from tests.attacks.attack import Row, summary
from tests.attacks.table import rows


def main() -> int:
    """Tries everything; the exit code."""
    seen: list[Row] = []
    with Run() as run:
        for row in rows(install(local_cluster(run))):
            seen.append(row)
            sys.stdout.write(json.dumps(row.wire()) + "\n")
            sys.stdout.flush()
    sums = summary(seen)
    sys.stdout.write(json.dumps(sums) + "\n")
    return 0 if sums["attempts"] == sums["refused"] else 1


if __name__ == "__main__":
    sys.exit(main())
