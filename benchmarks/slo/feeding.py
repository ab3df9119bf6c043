"""History for a fleet: every minute a sample of each counter, written by the million.

A cycle reads the newest minutes and those that leave a window, and so only these stretches are written.
"""

from collections.abc import Iterable, Iterator

import cramjam
import numpy as np
import requests
from numpy.typing import NDArray

from benchmarks.slo.fleet import Fleet
from testbed.remote_write import Series, encode, series

Whole = NDArray[np.int64]
MINUTE = 60_000
_TIMEOUT_SECONDS = 120
_SERIES_A_WRITE = 400
_SAMPLE = np.dtype(
    [("field", "u1"), ("size", "u1"), ("value_tag", "u1"), ("value", "<f8"), ("time_tag", "u1"), ("time", "u1", 6)]
)


def feed(url: str, fleet: Fleet, stretches: Iterable[tuple[int, int]]) -> int:
    """Writes the stretches, (first, last) in minutes from the epoch and oldest first; how many samples."""
    written = 0
    with requests.Session() as session:
        for first, last in stretches:
            for batch in _batched(_counters(fleet)):
                minutes = np.arange(first, last + 1, dtype=np.int64)
                body = b"".join(encoded(one, minutes, (minutes - 29_000_000) * rate) for one, rate in batch)
                send(session, url, body)
                written += len(batch) * (last - first + 1)
    return written


def _counters(fleet: Fleet) -> Iterator[tuple[Series, int]]:
    """Each counter with its events a minute: one in 400 fails."""
    for template, number in fleet.pairs():
        for status, rate in (("done", 399), ("failed", 1)):
            yield series(f"tasks_{template}_total", app=f"agent-{number}", status=status), rate


def _batched(counters: Iterable[tuple[Series, int]]) -> Iterator[list[tuple[Series, int]]]:
    batch: list[tuple[Series, int]] = []
    for each in counters:
        batch.append(each)
        if len(batch) == _SERIES_A_WRITE:
            yield batch
            batch = []
    if batch:
        yield batch


def encoded(one: Series, minutes: Whole, values: Whole) -> bytes:
    """The series with its samples, as a field of a WriteRequest: every sample takes 18 bytes, whatever its value."""
    rows = np.zeros(len(minutes), _SAMPLE)
    rows["field"], rows["size"], rows["value_tag"], rows["time_tag"] = 0x12, 16, 0x09, 0x10
    rows["value"] = values
    times = minutes * MINUTE
    for at in range(6):
        rows["time"][:, at] = (times >> (7 * at)) & 0x7F | (0x80 if at < 5 else 0)
    labels = encode({one: ()})
    # `encode` frames the labels as one TimeSeries; the samples belong inside the same frame.
    content = labels[1 + len(_varint(len(labels) - 2)) :] + rows.tobytes()
    return b"\x0a" + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def send(session: requests.Session, url: str, body: bytes) -> None:
    """Writes a body of such fields."""
    headers = {
        "Content-Encoding": "snappy",
        "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    packed = bytes(cramjam.snappy.compress_raw(body))
    answer = session.post(f"{url}/api/v1/write", data=packed, headers=headers, timeout=_TIMEOUT_SECONDS)
    answer.raise_for_status()
