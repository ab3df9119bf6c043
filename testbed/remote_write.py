"""Samples to Prometheus by remote write 1.0: a protobuf message of three small types, in a snappy block.

https://prometheus.io/docs/specs/prw/remote_write_spec/
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import cramjam
import requests

_LENGTH_DELIMITED = 2
_TIMEOUT_SECONDS = 30


class WriteRefusedError(RuntimeError):
    """Prometheus refused the samples: out of its window, twice at one time with different values, or malformed."""


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


def send(url: str, samples: Mapping[Series, Iterable[Sample]]) -> None:
    """Write the samples to the Prometheus at `url`. Raises `WriteRefusedError`."""
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
    if not answer.ok:
        raise WriteRefusedError(f"{answer.status_code}: {answer.text.strip()}")


def encode(samples: Mapping[Series, Iterable[Sample]]) -> bytes:
    """The WriteRequest as protobuf: labels sorted by name, samples by time, as the protocol demands."""
    return b"".join(_field(1, _time_series(one, values)) for one, values in samples.items())


def _time_series(one: Series, values: Iterable[Sample]) -> bytes:
    labels = sorted([("__name__", one.name), *one.labels])
    encoded = [_field(1, _field(1, name.encode()) + _field(2, value.encode())) for name, value in labels]
    encoded += [_field(2, _sample(sample)) for sample in sorted(values, key=lambda sample: sample.at)]
    return b"".join(encoded)


def _sample(sample: Sample) -> bytes:
    milliseconds = round(sample.at.timestamp() * 1000)
    return b"\x09" + struct.pack("<d", sample.value) + b"\x10" + _varint(milliseconds)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
