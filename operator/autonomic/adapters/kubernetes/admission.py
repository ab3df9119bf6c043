"""Proof that the admission policies hold: dry-run writes that they must refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autonomic.adapters.kubernetes.client import WRITE
from autonomic.adapters.kubernetes.connection import MERGE_PATCH, Connection
from autonomic.adapters.kubernetes.paths import object_path
from autonomic.adapters.kubernetes.refusals import denying_policy
from autonomic.adapters.kubernetes.serving import serves
from autonomic.domain.errors import AutonomicError, Forbidden, NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.ports.cluster import Admission, Proof

_BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
_WAY_OUT = "run helm upgrade: the chart makes this binding where the kinds that it is for are there"


@dataclass(frozen=True)
class Probe:
    """A merge patch that a policy whose name begins with `policy` must refuse. `name` completes "to ...".

    `part` is the subresource that is patched, such as `/status`; the object itself when empty.
    """

    name: str
    ref: ObjectRef
    patch: Mapping[str, Any]
    policy: str
    part: str = ""


@dataclass(frozen=True)
class Reading:
    """A binding that must deny, everywhere that its policy holds. For what no dry run of ours can meet.

    Weaker than a probe, better than nothing: who changes the policy itself is not seen. `where` is an API version and a kind
    of it: the binding is looked for only where the server has that kind.
    """

    binding: str
    where: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """It completes "to ..."."""
        return f"rely on {self.binding}" + (f" where {self.where[1]} is served" if self.where else "")


class AdmissionProof(Admission):
    """Tries every probe as a dry run. Nothing is ever changed, so a standby may prove too.

    That the policies exist proves nothing: a binding may only audit, a match condition may exclude us.
    """

    def __init__(self, connection: Connection, probes: Sequence[Probe | Reading]) -> None:
        self._connection = connection
        self._probes = tuple(probes)

    async def prove(self) -> Proof:
        """In force only when every probe was refused by the policy that it is for."""
        if not self._probes:
            return Proof(False, "the admission policies are unproven: no probe is configured")
        for probe in self._probes:
            doubt = await (self._unread(probe) if isinstance(probe, Reading) else self._doubt(probe))
            if doubt:
                return Proof(False, f"the admission policies are unproven: to {probe.name} {doubt}")
        tried = ", ".join(probe.name for probe in self._probes)
        return Proof(True, f"the admission policies refused what they must: {tried}")

    async def _unread(self, reading: Reading) -> str | None:
        try:
            if reading.where and not await serves(self._connection, *reading.where):
                return None
            found = await self._connection.request("GET", f"{_BINDINGS}/{reading.binding}", f"read {reading.binding}")
        except NotFound as problem:
            return f"was not possible: {problem}; {_WAY_OUT}"
        except AutonomicError as problem:
            return f"was not possible: {problem}"
        spec = found.get("spec") or {}
        actions = spec.get("validationActions") or ()
        if "Deny" not in actions:
            return f"would be wrong: its validationActions are {', '.join(actions) or 'none'}"
        narrowed = [
            part for part in ("namespaceSelector", "objectSelector") if (spec.get("matchResources") or {}).get(part)
        ]
        return f"would be wrong: its matchResources have a {' and a '.join(narrowed)}" if narrowed else None

    async def _doubt(self, probe: Probe) -> str | None:
        try:
            await self._dry_run(probe)
        except Forbidden as refused:
            return _wrong_refusal(refused, probe)
        except AutonomicError as problem:
            return f"was not answered by a policy: {problem}"
        return "was accepted in a dry run"

    async def _dry_run(self, probe: Probe) -> None:
        await self._connection.request(
            "PATCH",
            object_path(probe.ref) + probe.part,
            f"try to {probe.name}",
            params={**WRITE, "dryRun": "All"},
            body=probe.patch,
            content_type=MERGE_PATCH,
        )


def _wrong_refusal(refused: Forbidden, probe: Probe) -> str | None:
    policy = denying_policy(refused)
    if policy is None:
        return f"was refused, but not by a policy: {refused}"
    return None if policy.startswith(probe.policy) else f"was refused by {policy}, not by {probe.policy}"
