"""The bench lines as a page with a plot: CPU a cycle over the number of objectives, both axes logarithmic."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Line = dict[str, Any]

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 640, 360, 70, 45, 30, 150
_LOW, _HIGH = 0.01, 2.0
_SERIES = (("cpu_s", "operator", "#1f77b4"), ("prometheus_cpu_s", "Prometheus", "#d62728"))
_COLUMNS = (
    "objectives", "period", "queries", "cpu_s", "prometheus_cpu_s", "wall_s", "rebuild_cpu_s", "rebuild_prometheus_cpu_s",
    "samples_touched", "rss_mib", "max_block_ms",
)  # fmt: skip


def write(folder: Path, sized: Sequence[Line], periods: Sequence[Line], exponent: float) -> None:
    """`bench-slo.md` and `bench-slo.svg` in the folder."""
    (folder / "bench-slo.svg").write_text(_svg(sized))
    (folder / "bench-slo.md").write_text(_page(sized, periods, exponent))


def _page(sized: Sequence[Line], periods: Sequence[Line], exponent: float) -> str:
    parts = [
        "# What objectives cost",
        "",
        "Written by `make bench-slo`: 200 indicator templates, four alert tiers, a sample a minute of two counters for each",
        "objective, a real Prometheus, and as much of the operator as judges contracts. A cycle is one minute; figures are",
        "means of 20 cycles; CPU is in seconds. `rebuild` is the first turn, over history that has the newest 7.5 h and the",
        "stretches that leave the windows, not the whole period. `max_block_ms` is the event loop's longest wait, first turn",
        "included.",
        "",
        "![CPU a cycle](bench-slo.svg)",
        "",
        *_table(sized),
        "",
        f"The operator's CPU grows with the objectives to the power of {exponent:.2f}.",
        "",
        "The same 1,000 objectives over other periods:",
        "",
        *_table(periods),
    ]
    return "\n".join(parts) + "\n"


def _table(lines: Sequence[Line]) -> list[str]:
    head = ["| " + " | ".join(_COLUMNS) + " |", "|" + "---|" * len(_COLUMNS)]
    return head + ["| " + " | ".join(str(line[column]) for column in _COLUMNS) + " |" for line in lines]


def _svg(lines: Sequence[Line]) -> str:
    least, most = lines[0]["objectives"], lines[-1]["objectives"]

    def x(value: float) -> float:
        return _LEFT + (math.log(value / least) / math.log(most / least)) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        share = math.log(max(value, _LOW) / _LOW) / math.log(_HIGH / _LOW)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="18">CPU seconds a cycle, by objectives</text>',
    ]
    for tick in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0):
        colour = "#888" if tick == 0.5 else "#ddd"
        parts.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="{colour}"/>'
        )
        parts.append(f'<text x="{_LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for line in lines:
        at = line["objectives"]
        parts.append(f'<text x="{x(at):.1f}" y="{_HEIGHT - 20}" text-anchor="middle">{at:,}</text>')
    for name, label, colour in _SERIES:
        points = [(x(line["objectives"]), y(line[name])) for line in lines]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>' for px, py in points]
        parts.append(f'<text x="{points[-1][0] + 10:.1f}" y="{points[-1][1] + 4:.1f}" fill="{colour}">{label}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
