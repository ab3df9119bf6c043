"""YAML as text: numbers keep every digit, times stay as they are written, and each document knows its line."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from typing import Any

import yaml

from autonomic.domain.errors import Invalid

_WIDTH = 120
_MOST_MORE = 1_000_000
"""Values that aliases may add to those that are written: some lines of aliases of aliases would never end."""


class _Loader(yaml.SafeLoader):
    """Decimals for floats, text for timestamps."""


class _Dumper(yaml.SafeDumper):
    """Decimals as they are, nothing shared between two places."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> Any:
    text = _text(loader, node)
    finite = not text.lower().lstrip("+-").startswith((".inf", ".nan"))
    return Decimal(text.replace("_", "")) if finite and ":" not in text else text


def _text(_loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
_Dumper.add_representer(
    Decimal, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", format(value, "f"))
)


def documents(text: str, file: str) -> Iterator[tuple[int, Any]]:
    """(line, content) of every document that is not empty. Raises Invalid with the file and the line."""
    try:
        loader = _Loader(text)
        while loader.check_node() and (node := loader.get_node()):
            _check_aliases(node, file)
            content = loader.construct_document(node)
            if content is not None:
                yield node.start_mark.line + 1, content
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Invalid(f"{file}: line {line}: not YAML: {error.problem or error.context}") from error
    except RecursionError:
        raise Invalid(f"{file}: not YAML that can be read: too many levels within one another") from None
    except yaml.YAMLError as error:
        raise Invalid(f"{file}: not YAML: {error}") from error


def _check_aliases(document: yaml.Node, file: str) -> None:
    sizes: dict[int, int] = {}
    if _size(document, sizes) - len(sizes) > _MOST_MORE:
        line = document.start_mark.line + 1
        raise Invalid(
            f"{file}: line {line}: its aliases stand for more than {_MOST_MORE:,} values: write out what is meant"
        )


def _size(node: yaml.Node, sizes: dict[int, int]) -> int:
    """How many values the node is once its aliases are written out; what holds itself is too many."""
    if id(node) not in sizes:
        sizes[id(node)] = 2 * _MOST_MORE
        sizes[id(node)] = 1 + sum(_size(each, sizes) for each in _within(node))
    return sizes[id(node)]


def _within(node: yaml.Node) -> Iterable[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return chain.from_iterable(node.value)
    return node.value if isinstance(node, yaml.SequenceNode) else ()


def dump(contents: Iterable[dict[str, Any]]) -> str:
    """One YAML text of all documents, `---` between them."""
    return "---\n".join(
        yaml.dump(each, Dumper=_Dumper, sort_keys=False, width=_WIDTH, allow_unicode=True) for each in contents
    )
