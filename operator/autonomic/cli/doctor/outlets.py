"""The checks of the outlets: whether each can be reached. Nothing is sent to any."""

import asyncio

from autonomic.cli.doctor.surroundings import Surroundings
from autonomic.cli.doctor.verdicts import Check, Outcome
from autonomic.settings import Settings

_REMEDY = (
    "correct it in the file that AUTONOMIC_OUTLETS_FILE names, or let the NetworkPolicy and the firewall allow its port"
)


async def examine_outlets(surroundings: Surroundings, settings: Settings) -> list[Check]:
    """One check for each outlet; none where none is configured."""
    outlets = surroundings.outlets(settings)
    looks = await asyncio.gather(*(outlets.look(each.name) for each in settings.outlets))
    return [
        _check(each.type, each.name, str(error) if error else "")
        for each, error in zip(settings.outlets, looks, strict=True)
    ]


def _check(type_: str, name: str, wrong: str) -> Check:
    if not wrong:
        return Check(f"outlet {name}", Outcome.OK, f"{type_} {name} can be reached")
    return Check(f"outlet {name}", Outcome.WARN, f"plans can't call {type_} {name}: {wrong}", _REMEDY)
