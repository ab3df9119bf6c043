"""Samples to Prometheus by remote write 1.0: a protobuf message of a few small types, in a snappy block.

https://prometheus.io/docs/specs/prw/remote_write_spec/
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import cramjam
import requests

_VARINT, _FIXED64, _LENGTH_DELIMITED = 0, 1, 2
_TIMEOUT_SECONDS = 30
_ZERO_THRESHOLD = 2.0**-128
"""What is nearer to zero would be in the bucket of zero, which nobody needs."""


class WriteRefusedError(RuntimeError):
    """Prometheus refused the samples: out of its window, twice at one time with different values, or malformed."""


class NotReadyError(RuntimeError):
    """Prometheus is starting or ending, and takes no samples."""


@dataclass(frozen=True)
class Series:
    """The name and the labels of one time series."""

    name: str
    labels: tuple[tuple[str, str], ...] = ()

    def with_labels(self, more: Mapping[str, str]) -> "Series":
        """The same series with further labels; its own win."""
        return Series(self.name, tuple(sorted({**more, **dict(self.labels)}.items())))


def series(name: str, **labels: str) -> Series:
    """The series of that name and those labels."""
    return Series(name, tuple(sorted(labels.items())))


@dataclass(frozen=True)
class Sample:
    """One value at one time (aware)."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Histogram:
    """A native histogram at one time (aware): how many were observed, by the number of the bucket.

    Bucket `i` covers (2^(i-1), 2^i]: schema 0. The sum of what was observed is not kept.
    """

    at: datetime
    buckets: Mapping[int, int]


Samples = Mapping[Series, Iterable[Sample | Histogram]]


def send(url: str, samples: Samples) -> None:
    """Write the samples to the Prometheus at `url`. Raises `WriteRefusedError`, `NotReadyError`."""
    answer = requests.post(
        f"{url}/api/v1/write",
        data=bytes(cramjam.snappy.compress_raw(encode(samples))),
        headers={
            "Content-Encoding": "snappy",
            "Content-Type": "application/x-protobuf",
            "X-Prometheus-Remote-Write-Version": "0.1.0",
        },
        timeout=_TIMEOUT_SECONDS,
    )
    if answer.status_code == requests.codes.unavailable:
        raise NotReadyError(f"{answer.status_code}: {answer.text.strip()}")
    if not answer.ok:
        raise WriteRefusedError(f"{answer.status_code}: {answer.text.strip()}")


def encode(samples: Samples) -> bytes:
    """The WriteRequest as protobuf: labels sorted by name, samples by time, as the protocol demands."""
    return b"".join(_field(1, _time_series(one, values)) for one, values in samples.items())


def _time_series(one: Series, values: Iterable[Sample | Histogram]) -> bytes:
    labels = sorted([("__name__", one.name), *one.labels])
    encoded = [_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels]
    encoded += [_observed(sample) for sample in sorted(values, key=lambda sample: sample.at)]
    return b"".join(encoded)


def _observed(sample: Sample | Histogram) -> bytes:
    return _field(2, _sample(sample)) if isinstance(sample, Sample) else _field(4, _histogram(sample))


def _sample(sample: Sample) -> bytes:
    return _double(1, sample.value) + _whole(2, _milliseconds(sample.at))


def _histogram(histogram: Histogram) -> bytes:
    """One span from the lowest bucket to the highest, each bucket as the difference to the one before it."""
    held = histogram.buckets
    numbers = range(min(held), max(held) + 1) if held else range(0)
    counts = [held.get(number, 0) for number in numbers]
    encoded = _whole(1, sum(counts)) + _double(3, 0.0) + _whole(4, _zigzag(0)) + _double(5, _ZERO_THRESHOLD)
    if counts:
        deltas = [count - before for before, count in pairwise([0, *counts])]
        encoded += _field(11, _whole(1, _zigzag(numbers[0])) + _whole(2, len(counts)))
        encoded += _field(12, b"".join(_varint(_zigzag(delta)) for delta in deltas))
    return encoded + _whole(15, _milliseconds(histogram.at))


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _double(number: int, value: float) -> bytes:
    return _varint(number << 3 | _FIXED64) + struct.pack("<d", value)


def _whole(number: int, value: int) -> bytes:
    return _varint(number << 3 | _VARINT) + _varint(value)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(content)) + content


def _zigzag(number: int) -> int:
    """Numbers of either sign as protobuf's sint writes them: 0, -1, 1, -2 as 0, 1, 2, 3."""
    return 2 * number if number >= 0 else -2 * number - 1


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
