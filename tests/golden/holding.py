"""A real Prometheus that holds the samples of every case of the table, from 2011 to 2026."""

from collections.abc import Iterable, Sequence

from testbed.build import ensure_built
from testbed.ports import with_free_ports
from testbed.process import Command
from testbed.programs.catalogue import PROMETHEUS
from testbed.prometheus import Prometheus
from testbed.remote_write import Histogram, Sample, Samples, Series
from testbed.run import Run
from tests.golden.case import Case

_CENTURY = "36500d"
_SAMPLES_A_WRITE = 100_000


class TimelessPrometheus(Prometheus):
    """Takes samples of any year: nothing leaves its head, so that decades do not become thousands of blocks."""

    def _command(self, port: int, more: Sequence[str]) -> Command:
        command = super()._command(port, more)
        flags = [f"--storage.tsdb.{bound}-block-duration={_CENTURY}" for bound in ("min", "max")]
        return Command(command.name, [*command.argv, *flags], grace=command.grace)


def start_holding(run: Run, cases: Iterable[Case]) -> Prometheus:
    """A Prometheus that is ready and holds the cases' samples."""
    ensure_built((PROMETHEUS,))
    prometheus = with_free_ports(1, lambda ports: _started(TimelessPrometheus(run, ports[0])))
    for batch in _batches(cases):
        prometheus.write(batch)
    return prometheus


def _started(prometheus: Prometheus) -> Prometheus:
    prometheus.service.start()
    return prometheus


def _batches(cases: Iterable[Case]) -> Iterable[Samples]:
    """All samples, the oldest case first: what is written into the head goes forward in time."""
    batch: dict[Series, Sequence[Sample | Histogram]] = {}
    held = 0
    for each in sorted(cases, key=lambda one: one.at):
        for track in each.tracks:
            written = track.written(each.at)
            batch.update(written)
            held += sum(map(len, written.values()))
        if held > _SAMPLES_A_WRITE:
            yield batch
            batch, held = {}, 0
    yield batch
