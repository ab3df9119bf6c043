"""Rules as YAML: keys sorted, expressions of several clauses as blocks, nothing shared between two places."""

from collections.abc import Iterable
from typing import Any

import yaml

_WIDTH = 4096
"""Wider than any line: an expression that is broken by the writer is hard to search for."""


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def block(self, text: str) -> yaml.Node:
        """A string of several lines as a block."""
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Plain.add_representer(str, _Plain.block)


def rule_file(groups: Iterable[dict[str, Any]]) -> str:
    """A rule file of Prometheus, Mimir, Thanos and others."""
    return _dump({"groups": list(groups)})


def documents(manifests: Iterable[dict[str, Any]]) -> str:
    """Kubernetes objects, one document each."""
    return "---\n".join(_dump(each) for each in manifests)


def _dump(content: dict[str, Any]) -> str:
    return yaml.dump(content, Dumper=_Plain, sort_keys=True, width=_WIDTH, allow_unicode=True)
