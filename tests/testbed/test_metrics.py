"""Prometheus takes samples at the times that a test chooses, takes history, scrapes, and comes and goes."""

import http.server
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from testbed.metrics_clock import MetricsClock
from testbed.ports import is_listening
from testbed.prometheus import BackfillFailedError, Prometheus, QueryFailedError, Scrape
from testbed.remote_write import Histogram, Sample, Series, WriteRefusedError, series
from testbed.waiting import until

GOOD = series("jobs_total", code="200")
BAD = series("jobs_total", code="500")


def selector(clock: MetricsClock, **labels: str) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in {**clock.labels, **labels}.items()) + "}"


def test_a_sample_can_be_written_at_any_time_and_in_any_order(prometheus: Prometheus) -> None:
    now = datetime.now(UTC)
    one = series("any_time", text='a "quoted" \\ value')
    for days in (0, 30, 7, 90):
        prometheus.write({one: [Sample(now - timedelta(days=days), float(days))]})
    assert [prometheus.value("any_time", now - timedelta(days=days)) for days in (90, 30, 7, 0)] == [90, 30, 7, 0]
    assert prometheus.query("any_time", now)[0]["metric"]["text"] == 'a "quoted" \\ value'


def test_nothing_was_there_before_the_first_sample(prometheus: Prometheus, metrics_clock: MetricsClock) -> None:
    metrics_clock.write({series("gauge"): 1.0})
    before = metrics_clock.now - timedelta(seconds=1)
    assert prometheus.value(f"gauge{selector(metrics_clock)}", before) is None
    assert prometheus.value(f"gauge{selector(metrics_clock)}", metrics_clock.now) == 1


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -0.5, 1e300])
def test_every_number_survives_the_way(prometheus: Prometheus, metrics_clock: MetricsClock, value: float) -> None:
    metrics_clock.write({series("odd"): value})
    read = prometheus.value(f"odd{selector(metrics_clock)}", metrics_clock.now)
    assert str(read) == str(value)


def test_a_native_histogram_is_counted_by_its_buckets(prometheus: Prometheus, metrics_clock: MetricsClock) -> None:
    at = metrics_clock.now
    prometheus.write({series("native_seconds", **metrics_clock.labels): [Histogram(at, {-3: 2, 0: 5, 2: 1})]})
    name = f"native_seconds{selector(metrics_clock)}"
    assert prometheus.value(f"histogram_count({name})", at) == 8
    up_to = {bound: prometheus.value(f"histogram_fraction(-Inf, {bound}, {name})", at) for bound in (0.0625, 0.5, 1, 4)}
    assert up_to == {0.0625: 0, 0.5: 2 / 8, 1: 7 / 8, 4: 1}


def test_time_passes_when_the_test_says_so(prometheus: Prometheus, metrics_clock: MetricsClock) -> None:
    start = metrics_clock.now
    metrics_clock.run(3600, {GOOD: 9.0, BAD: 1.0})
    assert metrics_clock.now == start + timedelta(hours=1)
    bad, every = selector(metrics_clock, code="500"), selector(metrics_clock)
    ratio = f"sum(rate(jobs_total{bad}[30m])) / sum(rate(jobs_total{every}[30m]))"
    assert prometheus.value(ratio, metrics_clock.now) == pytest.approx(0.1)


def test_a_counter_goes_on_where_it_stopped(prometheus: Prometheus, metrics_clock: MetricsClock) -> None:
    metrics_clock.run(600, {GOOD: 10.0})
    metrics_clock.run(600, {GOOD: 1.0})
    at_the_end = prometheus.value(f"jobs_total{selector(metrics_clock)}", metrics_clock.now)
    assert at_the_end == 6600
    assert prometheus.value(f"resets(jobs_total{selector(metrics_clock)}[1h])", metrics_clock.now) == 0


def test_a_span_that_is_no_multiple_of_the_step_ends_at_its_end(
    prometheus: Prometheus, metrics_clock: MetricsClock
) -> None:
    metrics_clock.run(20, {GOOD: 1.0}, step=15)
    found = prometheus.query(f"jobs_total{selector(metrics_clock)}[1m]", metrics_clock.now)
    assert [value for _, value in found[0]["values"]] == ["0", "15", "20"]


def test_weeks_of_history_are_there_in_seconds(prometheus: Prometheus) -> None:
    month = 28 * 86_400
    clock = MetricsClock(prometheus, datetime.now(UTC) - timedelta(seconds=month), {"test": "history"})
    clock.write({series("survivor"): 7.0})
    clock.backfill(month, {BAD: 1.0}, step=3600)
    increase = prometheus.value(f"increase(jobs_total{selector(clock)}[28d])", clock.now)
    assert increase == pytest.approx(month, rel=0.01)
    assert prometheus.value("survivor", clock.now - timedelta(seconds=month)) == 7, "a restart loses nothing"


def test_malformed_history_is_refused_with_the_reason(prometheus: Prometheus) -> None:
    with pytest.raises(BackfillFailedError, match="EOF"):
        prometheus.backfill("jobs_total 1 1700000000\n")


def test_a_sample_outside_the_window_is_refused(prometheus: Prometheus) -> None:
    one = series("too_old")
    prometheus.write({one: [Sample(datetime.now(UTC), 1.0)]})
    with pytest.raises(WriteRefusedError, match="too old"):
        prometheus.write({one: [Sample(datetime.now(UTC) - timedelta(days=200), 1.0)]})


def test_a_query_that_can_not_be_read_says_why(prometheus: Prometheus) -> None:
    with pytest.raises(QueryFailedError, match="parse error"):
        prometheus.query("sum(")


def test_the_labels_of_a_series_win_over_those_of_the_clock() -> None:
    assert series("x", a="own").with_labels({"a": "clock", "b": "clock"}) == Series("x", (("a", "own"), ("b", "clock")))


@pytest.fixture
def exporter() -> Iterator[int]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(b"exported_total 42\n")

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_job_is_scraped_once_it_is_named(prometheus: Prometheus, exporter: int) -> None:
    prometheus.scrape(Scrape("exporter", (f"127.0.0.1:{exporter}",), interval="1s"))
    read = until(lambda: prometheus.value('exported_total{job="exporter"}'), 15, "the first scrape")
    prometheus.scrape()
    assert read == 42


def test_prometheus_comes_back_with_its_samples_after_it_was_killed(
    prometheus: Prometheus, metrics_clock: MetricsClock
) -> None:
    metrics_clock.write({series("kept"): 5.0})
    prometheus.service.kill9()
    assert not is_listening(int(prometheus.url.rsplit(":", maxsplit=1)[1]))
    prometheus.service.start()
    assert prometheus.value(f"kept{selector(metrics_clock)}", metrics_clock.now) == 5
