"""How a request proves who asks."""

import base64
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, unquote

from autonomic.adapters.prometheus.failures import NoAnswerError
from autonomic.environment.server import Basic, Bearer

Proof = Callable[[], str | None]
"""The header Authorization as it must be now; None for no such header. Raises NoAnswerError."""


def proof(login: Bearer | Basic | None, url: SplitResult) -> Proof:
    """Of the login, or of the one in the address."""
    if isinstance(login, Bearer):
        token = WatchedFile(login.token_file)
        return lambda: f"Bearer {token.text()}"
    if isinstance(login, Basic):
        user, password = login.user, WatchedFile(login.password_file)
        return lambda: _basic(user, password.text())
    said = _basic(unquote(url.username), unquote(url.password or "")) if url.username else None
    return lambda: said


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _signature(path: Path) -> tuple[int, int, int]:
    """Differs when the file was written or replaced. Raises OSError."""
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


class WatchedFile:
    """The text of a file, stripped, read again when the file changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[object, str] | None = None

    def text(self) -> str:
        """As it is now. Raises NoAnswerError. Safe in several threads: each sees a whole text with its own signature."""
        try:
            now, seen = _signature(self._path), self._seen
            if seen is None or seen[0] != now:
                self._seen = seen = (now, self._read())
        except OSError as error:
            raise NoAnswerError(f"not asked, since {self._path} can't be read ({error.strerror})") from None
        return seen[1]

    def _read(self) -> str:
        try:
            text = self._path.read_text("ascii").strip()
        except UnicodeDecodeError:
            text = ""
        if not text or not text.isprintable():
            raise NoAnswerError(f"not asked, since {self._path} holds no line of printable ASCII")
        return text
