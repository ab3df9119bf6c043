"""Parts of a loop's turn: playbooks that ask other servers than the default turn apart, so that no slow one holds others up."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from autonomic.domain.playbooks import SelfHealingPlaybook
from autonomic.domain.servers import DEFAULT
from autonomic.domain.view import View
from autonomic.loops.healing import HealingLoop

DIVIDED = frozenset({HealingLoop.type})
"""The types of loops that turn in parts; others are one."""
_AT = "@"


def part_of(playbook: SelfHealingPlaybook) -> str:
    """The servers that it asks beside the default, such as `eu,us`; empty where it asks no other."""
    return ",".join(sorted(playbook.spec.servers - {DEFAULT}))


def parts(playbooks: Iterable[SelfHealingPlaybook]) -> frozenset[str]:
    """Every part that has a playbook, and the one that always turns: the empty one."""
    return frozenset({"", *(part_of(each) for each in playbooks)})


def only(view: View, part: str) -> View:
    """The view with the playbooks of that part alone."""
    found: Mapping[str, SelfHealingPlaybook] = {
        key: each for key, each in view.playbooks.items() if part_of(each) == part
    }
    return replace(view, playbooks=found)


def job_key(loop: str, part: str) -> str:
    """The key of the job of that part: `healing@eu`; of the empty one the loop's name."""
    return f"{loop}{_AT}{part}" if part else loop


def told_apart(key: str) -> tuple[str, str]:
    """The loop and the part."""
    loop, _, part = key.partition(_AT)
    return loop, part
