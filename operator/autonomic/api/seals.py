"""Numbers as words that tell nothing: not how large they are, not how far apart, not whether two are the same."""

from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest

_BYTES = 8
_WORD = 3 * _BYTES


class Seal:
    """Of one life of a replica: its key is nobody else's. `nonce` gives 32 hexadecimal digits that nobody can predict."""

    def __init__(self, nonce: Callable[[], str]) -> None:
        self._nonce = nonce
        self._key = bytes.fromhex(nonce())

    def sealed(self, number: int) -> str:
        """48 hexadecimal digits, others each time."""
        salt = bytes.fromhex(self._nonce())[:_BYTES]
        hidden = bytes(a ^ b for a, b in zip(number.to_bytes(_BYTES), self._digest(b"hide", salt), strict=True))
        return (salt + hidden + self._digest(b"sign", salt + hidden)).hex()

    def opened(self, word: str) -> int | None:
        """The number; None for what this seal never made."""
        try:
            read = bytes.fromhex(word)
        except ValueError:
            return None
        salt, hidden, sign = read[:_BYTES], read[_BYTES : 2 * _BYTES], read[2 * _BYTES :]
        if len(read) != _WORD or not compare_digest(sign, self._digest(b"sign", salt + hidden)):
            return None
        return int.from_bytes(bytes(a ^ b for a, b in zip(hidden, self._digest(b"hide", salt), strict=True)))

    def _digest(self, purpose: bytes, content: bytes) -> bytes:
        return blake2b(content, digest_size=_BYTES, key=self._key, person=purpose).digest()
