"""`python -m tests.playbooks`: one JSON line an incident, and last the sums; fails when one was not healed."""

import json
import sys

from tests.playbooks.healing import Row, heal_all
from tests.playbooks.table import INCIDENTS
from tests.playbooks.ward import ward


def main() -> int:
    """Lets everything happen; the exit code."""
    with ward() as made:
        rows = heal_all(made, INCIDENTS)
    for row in rows:
        sys.stdout.write(json.dumps(row.wire()) + "\n")
    sys.stdout.write(json.dumps(summary(rows)) + "\n")
    return 0 if all(row.healed for row in rows) else 1


def summary(rows: list[Row]) -> dict[str, object]:
    """`p99_ms` is of the time from the first signal to the effect, of which most is the playbook's own `for`."""
    times = sorted(row.seconds for row in rows if row.healed)
    worst = times[min(len(times) - 1, int(0.99 * len(times)))] if times else 0.0
    return {"playbooks": len(rows), "healed": sum(row.healed for row in rows), "p99_ms": round(1000 * worst)}


if __name__ == "__main__":
    sys.exit(main())
