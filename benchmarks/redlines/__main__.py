"""`python -m benchmarks.redlines`: what a mutated operator was forbidden and did, and how fast a kill switch stops it.

JSON lines; the last one is the summary. Fails on any breach, and on a kill switch that takes a second.
"""

import argparse
import json
import sys

from benchmarks.redlines.field import SWITCHING, prepare
from benchmarks.redlines.switches import latencies, p99
from benchmarks.redlines.tries import Mutant
from testbed.cluster import local_cluster
from testbed.installation import install
from testbed.run import Run

GOAL_MS = 1000.0


def main() -> int:
    """Measures, prints, and judges; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.redlines")
    parser.add_argument("--tries", type=int, default=1000)
    parser.add_argument("--switches", type=int, default=25)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with Run() as run:
        installed = install(local_cluster(run))
        prepare(installed)
        sums = Mutant(installed, chosen.seed).run(chosen.tries)
        print(
            json.dumps(
                {"accepted": sums.accepted, "needlessly_refused": len(sums.needless), "forbidden": sums.forbidden}
            )
        )
        for found in (*sums.breaches, *sums.needless):
            print(json.dumps({"found": found}))
        taken = latencies(installed, SWITCHING, chosen.switches)
    print(json.dumps({"switches": len(taken), "kill_switch_ms": sorted(round(value, 1) for value in taken)}))
    worst = round(p99(taken), 1)
    print(json.dumps({"tries": sums.tries, "breaches": len(sums.breaches), "kill_switch_p99_ms": worst}))
    return 1 if sums.breaches or worst >= GOAL_MS else 0


if __name__ == "__main__":
    sys.exit(main())
