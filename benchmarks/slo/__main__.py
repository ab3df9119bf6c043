"""Prints a JSON line for each size of the fleet, and last the exponent of the operator's CPU over the objectives."""

import argparse
import json
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.slo.cycles import PERIODS, measure
from benchmarks.slo.fleet import Fleet
from benchmarks.slo.plot import write

SIZES = (1_000, 2_500, 5_000, 10_000, 20_000)


def main() -> int:
    """Measures each size against a fresh Prometheus, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="numbers of objectives")
    parser.add_argument(
        "--periods", nargs="*", default=(), choices=PERIODS, help="periods to compare, 1,000 objectives"
    )
    parser.add_argument("--out", type=Path, help="write the page and the plot into this folder")
    given = parser.parse_args()
    periods = [_told(Fleet(1_000, period=period)) for period in given.periods]
    sized = [_told(Fleet(size)) for size in given.sizes]
    if len(sized) < 2:
        return 0
    slope = exponent([(each["objectives"], each["cpu_s"]) for each in sized])
    print(json.dumps({"exponent": round(slope, 3)}))
    if given.out:
        write(given.out, sized, periods, slope)
    return 0


def _told(fleet: Fleet) -> dict[str, Any]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        line = alone.submit(measure, fleet).result()
    print(json.dumps(line), flush=True)
    return line


def exponent(points: list[tuple[int, float]]) -> float:
    """The slope of the least-squares line through the logarithms."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / sum((x - mx) ** 2 for x in xs)


if __name__ == "__main__":
    sys.exit(main())
