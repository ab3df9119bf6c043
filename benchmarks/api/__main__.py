"""Prints the table, and with `--out DIR` writes it to DIR/bench-api.md."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from benchmarks.api.callers import CROWDS, Crowd, nobody, probe
from benchmarks.api.server import CONTRACTS, PLANS
from testbed.ports import free_ports, is_listening
from testbed.waiting import until

SECONDS, SETTLING = 12.0, 4.0
_HEAD = f"""\
# What callers do to the loops, and loops to the probes

One process as the operator is: loops that judge {CONTRACTS:,} contracts once a second, 200 events a second, {PLANS:,} plans
known, and the HTTP API in the same event loop. Beside it, for {SECONDS:g} s each, callers. *Turn* is how long the loops took
for all contracts; *late* is how much later than asked for the event loop came to something that was due; *probe* is what the
kubelet waits for `/livez` and `/readyz`, each on a new connection; it gives up after 3 s. In the last line there is no pause
between the turns. The metrics server is one in memory that answers at once.

Who reads nothing costs nothing while it waits, and is cut off after 20 s. Pages are put together one at a time, in slices, and
after each slice others have twice the time that it took: callers without a pause wait for each other, not the loops for them.
`make bench-api` writes this page; milliseconds, on two cores that had other work, too.

| Callers | turn, median | turn, longest | late, 99 % | late, longest | probe, median | probe, 99 % | probe, longest |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
"""


async def _scene(name: str, crowd: Crowd, port: int, *, hurry: bool = False) -> str:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client, crowd(port):
        await asyncio.sleep(SETTLING)
        await client.get("/figures", params={"hurry": hurry})
        probes = await probe(port, SECONDS)
        found = (await client.get("/figures")).json()
    turns, late = found["turns"], found["late"]
    shown = [_at(turns, 50), max(turns), _at(late, 99), max(late), _at(probes, 50), _at(probes, 99), max(probes)]
    return f"| {name} | " + " | ".join(f"{1000 * each:.1f}" for each in shown) + " |"


def _at(figures: Sequence[float], share: int) -> float:
    return sorted(figures)[len(figures) * share // 100]


async def _lines(port: int) -> list[str]:
    lines = [await _scene(name, crowd, port) for name, crowd in CROWDS.items()]
    return [*lines, await _scene("nobody, and turns without a pause", nobody, port, hurry=True)]


def main(arguments: Sequence[str]) -> int:
    """The whole page."""
    (port,) = free_ports(1)
    with subprocess.Popen([sys.executable, "-m", "benchmarks.api.server", str(port)]) as server:
        try:
            until(lambda: is_listening(port), 60, "the API to listen")
            until(lambda: httpx.get(f"http://127.0.0.1:{port}/ready", timeout=30).json(), 120, "the first turn to end")
            page = _HEAD + "\n".join(asyncio.run(_lines(port))) + "\n"
        finally:
            server.terminate()
    print(page)
    if arguments[:1] == ["--out"]:
        (Path(arguments[1]) / "bench-api.md").write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
