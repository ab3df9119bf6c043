"""A place in a document. It knows its path, and which of its fields were read: what nobody read is a loss."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from autonomic.domain.errors import Invalid
from autonomic.openslo.losses import Loss, shown

_NOTHING: tuple[Any, ...] = (None, "", {}, [])
_UNREAD = "has no equivalent in a contract and is left out"


class Inconvertible(Exception):
    """What is meant can not be said in a contract; `loss` says why."""

    def __init__(self, loss: Loss) -> None:
        super().__init__(str(loss))
        self.loss = loss


class Node:
    """A value of `document` at `path`. Fields are read by `get` and `need`, elements by `each`."""

    def __init__(self, value: Any, document: str, path: str = "") -> None:
        self.value, self.document, self.path = value, document, path
        self._read: dict[str | int, Node] = {}
        self._named: dict[Loss, None] = {}
        self._dismissed = False

    def get(self, key: str) -> "Node | None":
        """The field, or None where it is absent or null. Raises Invalid where this is no mapping."""
        if not isinstance(self.value, dict):
            raise self.wrong("write a mapping of fields")
        if self.value.get(key) is None:
            return None
        return self._read.setdefault(key, Node(self.value[key], self.document, f"{self.path}.{key}".lstrip(".")))

    def need(self, key: str) -> "Node":
        """The field. Raises Invalid where it is absent."""
        found = self.get(key)
        if found is None:
            raise Invalid(f"{self.document}: {f'{self.path}.{key}'.lstrip('.')} is missing")
        return found

    def each(self) -> "tuple[Node, ...]":
        """The elements. Raises Invalid where this is no list."""
        if not isinstance(self.value, list):
            raise self.wrong("write a list")
        return tuple(
            self._read.setdefault(index, Node(value, self.document, f"{self.path}[{index}]"))
            for index, value in enumerate(self.value)
        )

    def text(self) -> str:
        """The text. Raises Invalid for anything else."""
        if not isinstance(self.value, str) or not self.value:
            raise self.wrong("write a text")
        return self.value

    def number(self) -> Decimal:
        """The number, every digit kept. Raises Invalid for anything else."""
        try:
            number = Decimal("NaN") if isinstance(self.value, bool) else Decimal(self.value)
        except (InvalidOperation, TypeError, ValueError) as error:
            raise self.wrong("write a number") from error
        if not number.is_finite():
            raise self.wrong("write a number")
        return number

    def flag(self) -> bool:
        """True or false. Raises Invalid for anything else."""
        if not isinstance(self.value, bool):
            raise self.wrong("write true or false")
        return self.value

    def wrong(self, way_out: str) -> Invalid:
        """An error that names this place, its value and the way out."""
        return Invalid(f"{self.document}: {self.path or 'document'} is {shown(self.value)!r}: {way_out}")

    def lost(self, why: str) -> Loss:
        """This place as a loss."""
        return Loss(self.document, self.path, shown(self.value), why)

    def lose(self, why: str) -> None:
        """Names this place as a loss, once, with all that is below it."""
        self._named[self.lost(why)] = None
        self._dismissed = True

    def dismiss(self, because: Loss) -> None:
        """Gives up on this place, and on all below it, for a reason that lies there."""
        self._named[because] = None
        self._dismissed = True

    def accept(self) -> None:
        """Takes this place, and all below it, as read."""
        self._dismissed = True

    def losses(self) -> Iterator[Loss]:
        """What was named here and below, and what nobody read."""
        yield from self._named
        if not self._dismissed:
            yield from self._below()

    def _below(self) -> Iterator[Loss]:
        fields = self.value if isinstance(self.value, dict) else range(len(self._read))
        for key in fields:
            if key in self._read:
                yield from self._read[key].losses()
            elif self.value[key] not in _NOTHING:
                yield Loss(self.document, f"{self.path}.{key}".lstrip("."), shown(self.value[key]), _UNREAD)
