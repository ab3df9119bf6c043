"""A Prometheus 3 that takes samples at any time that a test chooses, and scrapes what a demo runs."""

import contextlib
import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from testbed import remote_write
from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.ports import LOOPBACK, with_free_ports
from testbed.process import Command
from testbed.programs.catalogue import PROMETHEUS, PROMTOOL
from testbed.remote_write import Sample, Samples, Series
from testbed.run import Run
from testbed.service import Service

OUT_OF_ORDER_WINDOW = "100d"
_TIMEOUT_SECONDS = 30
_GRACE_SECONDS = 10.0


class BackfillFailedError(RuntimeError):
    """promtool did not accept the history; the message is what it said."""


class QueryFailedError(RuntimeError):
    """Prometheus did not answer a query; the message is what it said."""


@dataclass(frozen=True)
class Scrape:
    """A job to scrape: `targets` are `host:port` on loopback, `interval` a Prometheus duration."""

    job: str
    targets: tuple[str, ...]
    interval: str = "1s"


class Prometheus:
    """A running Prometheus at `url`; `service` stops, kills and starts it, on the same port with the same data."""

    def __init__(self, run: Run, port: int, flags: Sequence[str] = ()) -> None:
        self.url = f"http://{LOOPBACK}:{port}"
        self._config = run.data / f"prometheus-{port}.json"
        self._folder = run.data / f"prometheus-{port}"
        self._folder.mkdir()
        self._write_config(())
        self.service = Service(run, self._command(port, flags), self._is_ready)

    def scrape(self, *scrapes: Scrape) -> None:
        """Scrape these jobs from now on, and no others."""
        self._write_config(scrapes)
        requests.post(f"{self.url}/-/reload", timeout=_TIMEOUT_SECONDS).raise_for_status()

    def write(self, samples: Samples) -> None:
        """Write samples at the times that they carry; back when they can be queried. Raises `WriteRefusedError`."""
        remote_write.send(self.url, samples)

    def backfill(self, open_metrics: str) -> None:
        """Add history, written as OpenMetrics text with timestamps and its closing `# EOF`; restarts Prometheus.

        Raises `BackfillFailedError`.
        """
        ensure_built((PROMTOOL,))
        source = self._folder.with_suffix(".openmetrics")
        source.write_text(open_metrics)
        arguments = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", str(source), str(self._folder)]
        answer = subprocess.run([program_path(PROMTOOL), *arguments], capture_output=True, text=True)
        if answer.returncode != 0:
            raise BackfillFailedError(answer.stderr.strip() or answer.stdout.strip())
        # Only a start looks for new blocks at once; otherwise it takes up to a minute.
        self.service.restart()

    def query(self, promql: str, at: datetime | None = None) -> list[dict[str, Any]]:
        """What a query gives at one time: a list of `metric` and `value` (of a range: `values`) pairs.

        A scalar is given as one value without labels. Raises `QueryFailedError`.
        """
        params = {"query": promql} if at is None else {"query": promql, "time": str(at.timestamp())}
        answer = requests.get(f"{self.url}/api/v1/query", params=params, timeout=_TIMEOUT_SECONDS).json()
        if answer["status"] != "success":
            raise QueryFailedError(f"{promql}: {answer.get('error')}")
        result = answer["data"]["result"]
        return [{"metric": {}, "value": result}] if answer["data"]["resultType"] == "scalar" else result

    def value(self, promql: str, at: datetime | None = None) -> float | None:
        """The one number that a query gives, `None` if it gives nothing. Raises `QueryFailedError` if it gives more."""
        found = self.query(promql, at)
        if len(found) > 1:
            raise QueryFailedError(f"{promql}: {len(found)} series where one was expected")
        return float(found[0]["value"][1]) if found else None

    def _is_ready(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/-/ready", timeout=2).ok
        return False

    def _write_config(self, scrapes: Iterable[Scrape]) -> None:
        jobs = [
            {
                "job_name": scrape.job,
                "scrape_interval": scrape.interval,
                "scrape_timeout": scrape.interval,
                "static_configs": [{"targets": list(scrape.targets)}],
            }
            for scrape in scrapes
        ]
        storage = {"tsdb": {"out_of_order_time_window": OUT_OF_ORDER_WINDOW}}
        self._config.write_text(json.dumps({"storage": storage, "scrape_configs": jobs}, indent=2))

    def _command(self, port: int, more: Sequence[str]) -> Command:
        flags = [
            f"--config.file={self._config}",
            f"--storage.tsdb.path={self._folder}",
            "--storage.tsdb.retention.time=400d",
            f"--web.listen-address={LOOPBACK}:{port}",
            "--web.enable-remote-write-receiver",
            "--web.enable-lifecycle",
            "--scrape.discovery-reload-interval=100ms",
            "--log.level=warn",
            *more,
        ]
        return Command(PROMETHEUS.name, [program_path(PROMETHEUS), *flags], grace=_GRACE_SECONDS)


def start_prometheus(run: Run, *scrapes: Scrape, flags: Sequence[str] = ()) -> Prometheus:
    """A Prometheus that is ready, scraping `scrapes`, with these flags as well. Raises `StartFailedError`."""
    ensure_built((PROMETHEUS,))
    prometheus = with_free_ports(1, lambda ports: _started(Prometheus(run, ports[0], flags)))
    if scrapes:
        prometheus.scrape(*scrapes)
    return prometheus


def _started(prometheus: Prometheus) -> Prometheus:
    prometheus.service.start()
    return prometheus


def open_metrics_text(samples: Mapping[Series, Iterable[Sample]]) -> str:
    """The samples as OpenMetrics text for `backfill`."""
    lines = [
        f"{_selector(one)} {sample.value!r} {sample.at.timestamp():.3f}"
        for one, values in samples.items()
        for sample in values
    ]
    return "\n".join([*lines, "# EOF", ""])


def _selector(one: Series) -> str:
    return one.name + "{" + ",".join(f"{name}={json.dumps(value)}" for name, value in one.labels) + "}"
