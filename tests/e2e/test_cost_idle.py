"""`autonomic cost idle` over a real Prometheus."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from testbed.prometheus import Prometheus
from testbed.remote_write import Sample, series


def idle(prometheus: Prometheus, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autonomic", "cost", "idle", *arguments, "--prometheus", prometheus.url]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def fill(prometheus: Prometheus, name: str) -> None:
    """Three weeks of a request in each hour, but from 20 to 6 o'clock (UTC)."""
    now, total, samples = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), 0.0, []
    for back in range(3 * 168, -1, -1):
        at = now - timedelta(hours=back)
        samples.append(Sample(at, total))
        total += 6 <= at.hour < 20
    prometheus.write({series(name): samples})


def test_the_rests_of_a_week_are_shown_with_what_they_cost(prometheus: Prometheus) -> None:
    fill(prometheus, "idle_requests_total")
    answer = idle(prometheus, "idle_requests_total", "--weeks", "2", "--hourly", "0.7", "-o", "json")
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)["items"]
    assert [(each["hours"], each["savesDaily"]) for each in found] == [(10, "1.00 USD")] * 7
    assert found[0]["rest"] == "Mon 20:00 to Tue 06:00"
    assert "Sun 20:00 to Mon 06:00" in idle(prometheus, "idle_requests_total", "--weeks", "2").stdout


def test_what_is_not_known_or_mistaken_ends_so(prometheus: Prometheus) -> None:
    unknown = idle(prometheus, "nobody_counts_this_total")
    assert (unknown.returncode, "Absent: no series counts requests" in unknown.stderr) == (1, True)
    mistaken = idle(prometheus, "idle_requests_total", "--time-zone", "Mars/Olympus")
    assert (mistaken.returncode, "--time-zone: 'Mars/Olympus' is not a time zone" in mistaken.stderr) == (2, True)
