"""Policies that are supposed: among which others they stand, what is wrong with them, and the engine that they rule by."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import TypeVar

from autonomic.domain.errors import AutonomicError, Invalid, Unavailable
from autonomic.governance.owners import OwnersPolicy, doubled, package_of
from autonomic.governance.owners_syntax import faults
from autonomic.ports.policy import PolicyEngine, PolicySet, PolicyTrial
from autonomic.simulate.flaws import Flaw, Unfit, flaw
from autonomic.simulate.lending import Lent
from autonomic.simulate.outcome import PoliciesOutcome
from autonomic.simulate.rego import SupposedPolicies

NAME, _HOME = "supposed", "_supposed"
"""The second is the name of no ConfigMap, so that nothing in force is hidden by accident."""
_NOBODY = "nothing evaluates policies here: name the program of an OPA (--opa PATH, AutonomicLayer(opa=PATH))"
_NO_REVISION = "they would decide nothing, for they do not tell their revision: {why}"
_NO_BEGINNING = (
    "OPA does not begin with them among the others: they contradict these, or take more memory than policies get"
)
_ASKED = "data.autonomic.revision: "
_PLACE = re.compile(r"(?P<file>[A-Za-z0-9][-A-Za-z0-9_.]*\.rego):(?P<line>[0-9]+)")
_SAID = 1000
_T = TypeVar("_T")


class Untried(AutonomicError):
    """The policies could not be tried, through no fault of theirs; the message says what to do."""


@dataclass(frozen=True)
class Ruling:
    """The engine that the supposed policies rule by, and what the outcome says of them."""

    engine: PolicyEngine
    told: PoliciesOutcome


@asynccontextmanager
async def ruling(trial: PolicyTrial | None, supposed: SupposedPolicies) -> AsyncIterator[Ruling]:
    """The policies of that scenario, in force for the block and nowhere else.

    Raises Unfit that names each file with line and fault, Untried, and Unavailable where those in force can't be told.
    """
    if trial is None:
        raise Unfit([flaw("policies", _names(supposed), _NOBODY)])
    among = await trial.in_force()
    async with AsyncExitStack() as stack:
        try:
            await _judge(trial, supposed, among)
            lent = Lent(await _begun(trial, supposed, among, stack))
            told = await _told(supposed, among, lent)
        except Unavailable as error:
            raise Untried(str(error)) from error
        stack.callback(lent.end)
        yield Ruling(lent, told)


async def _begun(
    trial: PolicyTrial, supposed: SupposedPolicies, among: PolicySet, stack: AsyncExitStack
) -> PolicyEngine:
    try:
        return await stack.enter_async_context(trial.serve(composed(supposed, among)))
    except Invalid as error:
        # Its words may name what others wrote.
        raise Unfit([flaw("policies.files", _names(supposed), _NO_BEGINNING)]) from error


def composed(supposed: SupposedPolicies, among: PolicySet) -> PolicySet:
    """All that is in force then: what is supposed, and what it leaves of the others."""
    ours = _owners(supposed)
    taken = {PurePosixPath(each.name).name for each in supposed.files if not each.of_owners}
    packages = set(ours.packages.values())
    kept = {name: text for name, text in among.modules.items() if _stays(name, text, supposed, taken | packages)}
    packs = {f"{_HOME}/{each.name}": each.rego for each in supposed.files if not each.of_owners}
    modules = {**kept, **packs, **ours.modules}
    data = among.data.get("autonomic") or {}
    figures = json.dumps(data.get("config"), sort_keys=True)
    digest = sha256("\n".join((*sorted(modules.values()), figures)).encode()).hexdigest()
    named = {**data, "policy": {"revision": f"{NAME}-{digest[:12]}"}}
    return PolicySet(modules, {**among.data, "autonomic": named})


def _stays(name: str, text: str, supposed: SupposedPolicies, replaced: set[str]) -> bool:
    package = package_of(text)
    if supposed.instead_of == "Same":
        return (package or PurePosixPath(name).name) not in replaced
    return supposed.instead_of == "Owners" and package is None and PurePosixPath(name).name not in replaced


def _owners(supposed: SupposedPolicies) -> OwnersPolicy:
    return OwnersPolicy(_HOME, tuple((each.name, each.rego) for each in supposed.files if each.of_owners))


async def _judge(trial: PolicyTrial, supposed: SupposedPolicies, among: PolicySet) -> None:
    """Raises Unfit. Owners' files are judged by themselves: no complaint names what others wrote."""
    ours = _owners(supposed)
    if ours.files:
        clash = doubled(ours, ())
        if clash:
            raise Unfit([_named(clash, supposed)])
        trees = await _unfit(trial.check(dict(ours.files)), supposed)
        wrong = await asyncio.to_thread(faults, trees, ours.packages)
        if wrong:
            raise Unfit(_named(each, supposed) for each in wrong)
    if len(ours.files) < len(supposed.files) or not supposed.files:
        every = composed(supposed, among).modules
        packs = {name: text for name, text in every.items() if package_of(text) is None}
        await _unfit(trial.compiles(packs), supposed)


async def _unfit(asked: Awaitable[_T], supposed: SupposedPolicies) -> _T:
    """What is answered. What is Invalid is Unfit, with the files that are complained of."""
    try:
        return await asked
    except Invalid as error:
        raise Unfit(_complaints(str(error), supposed)) from error


def _complaints(said: str, supposed: SupposedPolicies) -> Iterator[Flaw]:
    """OPA's words, once for each file that they name."""
    if "cannot allocate memory" in said or "out of memory" in said:
        said = "it takes more memory than policies get: write less, or in a simpler way"
    found = {each["file"]: each for each in reversed([*_PLACE.finditer(said)])}
    places = {at: found[each.name] for at, each in enumerate(supposed.files) if each.name in found}
    for at, place in places.items():
        yield flaw(f"policies.files.{at}.rego", f"{place['file']}:{place['line']}", said[:_SAID])
    if not places:
        yield flaw("policies.files", _names(supposed), said[:_SAID])


def _names(supposed: SupposedPolicies) -> str:
    return ", ".join(each.name for each in supposed.files)


def _named(fault: str, supposed: SupposedPolicies) -> Flaw:
    """A fault that begins with the name of its file."""
    name = fault.partition(":")[0]
    at = next(at for at, each in enumerate(supposed.files) if each.name == name)
    return flaw(f"policies.files.{at}.rego", name, fault)


async def _told(supposed: SupposedPolicies, among: PolicySet, engine: PolicyEngine) -> PoliciesOutcome:
    try:
        revision = await engine.revision()
    except Unavailable as error:
        why = str(error).rpartition(_ASKED)[2]
        raise Unfit([flaw("policies.files", _names(supposed), _NO_REVISION.format(why=why))]) from error
    known = {PurePosixPath(name).name for name in among.modules}
    strange = (each.name for each in supposed.files if not each.of_owners and each.name not in known)
    return PoliciesOutcome(
        revision=revision,
        files=tuple(each.name for each in supposed.files),
        instead_of=supposed.instead_of,
        beside=tuple(strange) if supposed.instead_of != "All" else (),
    )
