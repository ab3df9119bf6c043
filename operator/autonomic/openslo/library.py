"""The documents that were read, found again by kind and name."""

from collections.abc import Iterable, Iterator

from autonomic.domain.errors import Invalid
from autonomic.openslo.losses import Loss
from autonomic.openslo.node import Node
from autonomic.openslo.text import documents

API_VERSION = "openslo/v1"
_REFERRED = ("SLI", "AlertPolicy", "AlertCondition", "DataSource")
KINDS = ("SLO", *_REFERRED, "AlertNotificationTarget", "Service")


class Library:
    """Documents of all files together: a reference may cross files."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        """`texts` are (file, text). Raises Invalid that names file, document and field."""
        self._documents: dict[tuple[str, str], Node] = {}
        self._referred: set[tuple[str, str]] = set()
        for node in (node for file, text in texts for node in _nodes(file, text)):
            kind, name = _identity(node)
            if (kind, name) in self._documents:
                other = self._documents[kind, name].document
                raise Invalid(f"{node.document}: metadata.name is {name!r}: {other} has this name too; rename one")
            self._documents[kind, name] = node

    def of(self, kind: str) -> tuple[Node, ...]:
        """All documents of a kind, in the order of the files."""
        return tuple(node for (each, _), node in self._documents.items() if each == kind)

    def find(self, kind: str, name: str) -> Node | None:
        """The document, if there is one."""
        return self._documents.get((kind, name))

    def referred(self, reference: Node, kind: str) -> Node:
        """The document that a field names. Raises Invalid that names the field and what there is."""
        found = self.find(kind, reference.text())
        if found is None:
            known = ", ".join(name for each, name in self._documents if each == kind) or "none"
            raise reference.wrong(f"there is no {kind} of this name in the files (there are: {known}); add its file")
        self._referred.add((kind, reference.text()))
        return found

    def losses(self) -> Iterator[Loss]:
        """What was named in any document, what nobody read, and the documents that nobody referred to."""
        for (kind, name), node in self._documents.items():
            if kind in _REFERRED and (kind, name) not in self._referred:
                yield Loss(node.document, "metadata.name", name, "no SLO that was converted refers to it")
            else:
                yield from node.losses()


_SHOWN = 80
"""Characters of what is no document: it may be a whole file of another kind."""


def _nodes(file: str, text: str) -> Iterator[Node]:
    """Every document of a file; a list at the top is as many documents."""
    index = 0
    for line, content in documents(text, file):
        for each in content if isinstance(content, list) else [content]:
            index += 1
            if not isinstance(each, dict):
                raise Invalid(
                    f"{file}: document {index} (line {line}): is {repr(each)[:_SHOWN]}: write an OpenSLO document"
                )
            yield Node(each, _label(file, index, line, each))


def _label(file: str, index: int, line: int, content: dict[str, object]) -> str:
    metadata = content.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{file}: document {index} (line {line}, {content.get('kind', 'no kind')} {name or 'without a name'})"


def _identity(node: Node) -> tuple[str, str]:
    version, kind = node.need("apiVersion"), node.need("kind")
    if version.value != API_VERSION:
        raise version.wrong(f"only {API_VERSION} is read; convert it, or leave the document out")
    if kind.value not in KINDS:
        raise kind.wrong(f"write one of {', '.join(KINDS)}, or leave the document out")
    return kind.text(), node.need("metadata").need("name").text()
