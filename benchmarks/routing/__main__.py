"""Prints a JSON line for each cell, and last what is aimed at: regrets, the share of a broken candidate, microseconds."""

import argparse
import json
import os
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.routing.deciding import deciding
from benchmarks.routing.page import Cell, Figures, write
from benchmarks.routing.posting import posting
from benchmarks.routing.trials import CHANGE_POINTS, run, trials
from benchmarks.routing.worlds import KINDS

SEEDS = 40
LAST = ("decide_p50_us", "decide_p99_us", "http_per_cpu_s")


def main() -> int:
    """Everything, on as many cores as there are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seeds", type=int, default=SEEDS, help="worlds of each kind in the main table; half elsewhere"
    )
    parser.add_argument("--out", type=Path, help="write the page into this folder")
    given = parser.parse_args()
    decided = {**deciding(), **posting()}
    figures = _measured(given.seeds)
    print(json.dumps(decided))
    if given.out:
        write(given.out, figures, decided, given.seeds)
    last = {kind: round(figures.mean("main", CHANGE_POINTS, kind)) for kind in KINDS}
    share = round(figures.share("main", CHANGE_POINTS), 4)
    print(json.dumps({**last, "outage_share": share, **{name: decided[name] for name in LAST}}))
    return 0


def _measured(seeds: int) -> Figures:
    regrets: dict[Cell, list[float]] = defaultdict(list)
    shares: dict[Cell, list[float]] = defaultdict(list)
    reached = Counter[Cell]()
    planned = trials(seeds)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as cores:
        for trial, played in zip(planned, cores.map(run, planned, chunksize=8), strict=True):
            regrets[trial.cell].append(played.regret)
            if played.share is not None:
                shares[trial.cell].append(played.share)
                reached[trial.cell] += played.reached
            if trial is planned[-1] or trial.cell != planned[planned.index(trial) + 1].cell:
                _tell(trial.cell, regrets[trial.cell])
    return Figures(regrets, shares, reached)


def _tell(cell: Cell, regrets: list[float]) -> None:
    group, policy, kind, arms = cell
    mean = round(sum(regrets) / len(regrets), 1)
    print(json.dumps({"table": group, "policy": policy, "world": kind, "arms": arms, "regret": mean}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
