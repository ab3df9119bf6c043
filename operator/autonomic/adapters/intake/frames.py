"""Records in a file: length, checksum, content. What was cut short at the end is no record."""

from collections.abc import Iterator
from struct import Struct
from zlib import crc32

import msgspec

from autonomic.ports.signals import Accepted

_HEAD = Struct("<II")
_LONGEST = 64 << 20

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Accepted)


def packed(accepted: Accepted) -> bytes:
    """The frame that holds it."""
    content = _ENCODER.encode(accepted)
    return _HEAD.pack(len(content), crc32(content)) + content


def unpacked(data: bytes) -> Iterator[tuple[Accepted, int]]:
    """Each record with the length of its frame, up to the first that is not whole."""
    view, start = memoryview(data), 0
    while start + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, start)
        content = view[start + _HEAD.size : start + _HEAD.size + length]
        if length > _LONGEST or len(content) < length or crc32(content) != checksum:
            return
        try:
            accepted = _DECODER.decode(content)
        except msgspec.MsgspecError:  # written by another version
            return
        yield accepted, _HEAD.size + length
        start += _HEAD.size + length
