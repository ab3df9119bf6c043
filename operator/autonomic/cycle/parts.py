"""Parts of a loop's turn: playbooks that ask other servers than the default turn apart, so that no slow one holds others up."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.loops.healing import HealingLoop

DIVIDED = frozenset({HealingLoop.type})
"""The types of loops that turn in parts; others are one."""
_AT = "@"


def part_of(playbook: SelfHealingPlaybook, servers: Collection[str]) -> str:
    """Those of the servers that it asks beside the default, such as `eu,us`; empty where it asks no other.

    A name that the settings do not have makes no part: whoever writes playbooks could make as many as they like.
    """
    return ",".join(sorted((playbook.spec.servers - {DEFAULT}) & set(servers)))


def parts(playbooks: Iterable[SelfHealingPlaybook], servers: Collection[str]) -> frozenset[str]:
    """Every part that has a playbook, and the one that always turns: the empty one."""
    return frozenset({"", *(part_of(each, servers) for each in playbooks)})


def only(view: View, part: str) -> View:
    """The view with the playbooks of that part alone."""
    found: Mapping[str, SelfHealingPlaybook] = {
        key: each for key, each in view.playbooks.items() if part_of(each, view.servers) == part
    }
    return replace(view, playbooks=found)


def job_key(loop: str, part: str) -> str:
    """The key of the job of that part: `healing@eu`; of the empty one the loop's name."""
    return f"{loop}{_AT}{part}" if part else loop


def told_apart(key: str) -> tuple[str, str]:
    """The loop and the part."""
    loop, _, part = key.partition(_AT)
    return loop, part
