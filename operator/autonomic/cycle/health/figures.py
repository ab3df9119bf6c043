"""From pulse to pulse: what is known of one contract, and of which contracts it changed."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autonomic.cycle.health.pulse import Felt, Pulse
from autonomic.domain.contracts import SLAContract
from autonomic.health.figures import Figure
from autonomic.slo.promises import Promise

_Name = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What was felt, as health would show it, and where each contract's promises are in it."""

    felt: Felt
    visible: Sequence[NDArray[np.int64]]
    places: Mapping[str, Sequence[tuple[int, int]]]


class Figures:
    """The figures of all contracts, made when they are asked for."""

    def __init__(self) -> None:
        self._taken: _Taken | None = None

    @property
    def felt(self) -> Felt | None:
        """What was taken last."""
        return self._taken.felt if self._taken else None

    async def take(self, felt: Felt) -> set[str]:
        """Takes what is felt now; the contracts of which health would show something else than before.

        Where promises came or went, in a thread: of ten thousand this takes long.
        """
        before, visible = self._taken, [each.visible for each in felt.pulses]
        if before and _same_promises(before.felt.pulses, felt.pulses):
            self._taken = _Taken(felt, visible, before.places)
            changed = {
                pulse.promises[at].contract
                for pulse, old, new in zip(felt.pulses, before.visible, visible, strict=True)
                for at in np.flatnonzero(old != new).tolist()
            }
        else:
            after = await asyncio.to_thread(lambda: _Taken(felt, visible, _places(felt.pulses)))
            changed = await asyncio.to_thread(_moved, before, after)
            self._taken = after
        return changed | _reasons_changed(before.felt if before else None, felt)

    def of(self, contract: SLAContract) -> tuple[Figure, ...] | None:
        """What is known of each objective, and of each group of one; None of a contract that is not judged yet."""
        if self._taken is None:
            return None
        felt, places, key = self._taken.felt, self._taken.places, contract.key
        if key not in felt.compiled and key not in felt.invalid:
            return None
        if key in felt.invalid:
            return tuple(_unknown(contract, each.name, "InvalidIndicator") for each in contract.spec.objectives)
        seen = tuple(felt.pulses[number].figure(at, contract) for number, at in places.get(key, ()))
        known = {each.objective for each in seen}
        absent = (each.name for each in contract.spec.objectives if each.name not in known)
        return (*seen, *(_unknown(contract, name, "NoGroups") for name in absent))


def _reasons_changed(before: Felt | None, after: Felt) -> set[str]:
    if before is None:
        return set(after.invalid)
    return {key for key, _ in before.invalid.items() ^ after.invalid.items()} | (before.compiled ^ after.compiled)


def _moved(before: _Taken | None, after: _Taken) -> set[str]:
    """The contracts of which a promise is new, gone or other than it was."""
    old = _named(before.felt.pulses, before.visible) if before else {}
    return {str(name[0]) for name, _ in old.items() ^ _named(after.felt.pulses, after.visible).items()}


def _same_promises(before: Sequence[Pulse], after: Sequence[Pulse]) -> bool:
    return len(before) == len(after) and all(
        old.promises is new.promises for old, new in zip(before, after, strict=True)
    )


def _places(pulses: Sequence[Pulse]) -> Mapping[str, Sequence[tuple[int, int]]]:
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, pulse in enumerate(pulses):
        for at, promise in enumerate(pulse.promises):
            if promise.part is None:
                places[promise.contract].append((number, at))
    return places


def _named(pulses: Sequence[Pulse], visible: Sequence[NDArray[np.int64]]) -> dict[_Name, int]:
    return {
        _name(promise): number
        for pulse, numbers in zip(pulses, visible, strict=True)
        for promise, number in zip(pulse.promises, numbers.tolist(), strict=True)
    }


def _name(promise: Promise) -> _Name:
    return promise.contract, promise.objective.name, promise.group, promise.part


def _unknown(contract: SLAContract, objective: str, why: str) -> Figure:
    return Figure(contract.metadata.name, objective, "Unknown", None, unknown=why)
