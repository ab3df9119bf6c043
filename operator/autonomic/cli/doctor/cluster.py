"""The checks of the cluster."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from autonomic.cli.doctor.permissions import needed
from autonomic.cli.doctor.surroundings import Inspection, Surroundings
from autonomic.cli.doctor.verdicts import Check, Outcome, answered
from autonomic.domain.crd import crd
from autonomic.domain.errors import AutonomicError
from autonomic.domain.kinds import KINDS
from autonomic.domain.redlines import RedLine
from autonomic.domain.resource import Resource
from autonomic.domain.words import VERSION
from autonomic.publishing.manifest import RULE_KIND, RULE_VERSION
from autonomic.settings import Settings

OLDEST = (1, 30)
"""The oldest Kubernetes that has ValidatingAdmissionPolicy."""
ACCOUNT = "autonomic"
"""The operator's ServiceAccount, as the chart names it."""

_REACH = "set KUBECONFIG to a file with which kubectl works, or run this in the operator's pod"
_UPGRADE = "kubectl apply --server-side --force-conflicts -f crds/"


@dataclass(frozen=True)
class Scene:
    """The cluster, and as whom we see it. What another account than the operator's may do is no proof of a fault."""

    cluster: Inspection
    settings: Settings
    account: str

    @property
    def operators_account(self) -> str:
        """The operator's account as the chart makes it."""
        return f"system:serviceaccount:{self.settings.namespace}:{ACCOUNT}"

    @property
    def grave(self) -> Outcome:
        """How bad it is when the account lacks something."""
        return Outcome.FAIL if self.account == self.operators_account else Outcome.WARN

    @property
    def chart(self) -> str:
        """The command that installs what the chart brings."""
        return f"helm upgrade --install autonomic charts/autonomic --namespace {self.settings.namespace}"


async def examine_cluster(surroundings: Surroundings, settings: Settings) -> list[Check]:
    """All checks of the cluster, or only the one that says why there is none to examine."""
    try:
        async with surroundings.cluster(settings) as cluster:
            version = judge_version(await cluster.version())
            sent = surroundings.clock.now()
            account, server_time = await cluster.who_am_i()
            waited = (surroundings.clock.now() - sent).total_seconds()
            clock = judge_clock((server_time - sent).total_seconds(), waited)
            return [version, clock, *await _examine(Scene(cluster, settings, account))]
    except AutonomicError as error:
        return [Check("cluster", Outcome.FAIL, str(error), _REACH)]


async def _examine(scene: Scene) -> list[Check]:
    found = (answered(name, check(scene), _REACH) for name, check in CHECKS.items())
    return [judge_account(scene), *await asyncio.gather(*found)]


def judge_version(version: str) -> Check:
    """Whether a server of that version can hold our admission policies."""
    numbers = re.match(r"v?(\d+)\.(\d+)", version)
    if numbers and (int(numbers[1]), int(numbers[2])) >= OLDEST:
        return Check("cluster", Outcome.OK, f"Kubernetes {version} answers")
    oldest = ".".join(map(str, OLDEST))
    message = f"Kubernetes {version} answers, and is older than {oldest}, the first with ValidatingAdmissionPolicy"
    return Check("cluster", Outcome.FAIL, message, f"upgrade the cluster to {oldest} or newer")


def judge_clock(ahead: float, waited: float, allowed: float = 2.0) -> Check:
    """`ahead` is the server's time, cut to the second, minus ours when we asked; the answer came `waited` seconds later."""
    skew = max(ahead - waited, -ahead - 1.0, 0.0)
    if skew < allowed:
        return Check("clock", Outcome.OK, f"this clock and the API server's agree within {allowed:g} s")
    message = f"this clock is {skew:.1f} s {'behind' if ahead > 0 else 'ahead of'} the API server's"
    return Check("clock", Outcome.FAIL, message, "synchronise this machine and the control plane with a time server")


def judge_account(scene: Scene) -> Check:
    """Whether what we see is what the operator would see."""
    if scene.account == scene.operators_account:
        return Check("account", Outcome.OK, f"asked as the operator, {scene.account}")
    inside = f"kubectl exec -n {scene.settings.namespace} deploy/autonomic -c operator -- autonomic doctor"
    message = f"asked as {scene.account}: permissions and admission are this account's, not the operator's"
    return Check("account", Outcome.WARN, message, f"to ask as the operator: {inside}")


async def _definitions(scene: Scene) -> Check:
    found = dict(zip(KINDS, await asyncio.gather(*map(scene.cluster.definition, KINDS)), strict=True))
    missing = [kind.names.plural for kind, live in found.items() if live is None]
    other = [kind.names.plural for kind, live in found.items() if live is not None and not _same(kind, live["spec"])]
    said = [
        f"{', '.join(names)} {what}" for names, what in ((missing, "missing"), (other, "of another version")) if names
    ]
    if said:
        return Check("definitions", Outcome.FAIL, f"CustomResourceDefinitions: {'; '.join(said)}", _UPGRADE)
    return Check("definitions", Outcome.OK, f"all {len(KINDS)} CustomResourceDefinitions are those of this version")


def _same(kind: type[Resource], live: dict[str, object]) -> bool:
    wanted = crd(kind)["spec"]["versions"]
    versions = live.get("versions")
    return isinstance(versions, list) and [each for each in versions if each.get("name") == VERSION] == wanted


async def _permissions(scene: Scene) -> Check:
    publishing = await scene.cluster.serves(RULE_VERSION, RULE_KIND)
    wanted = needed(scene.settings.lease_name, publishing=publishing)
    asked = (scene.cluster.may_i(each.attributes(scene.settings.namespace)) for each in wanted)
    answers = zip(wanted, await asyncio.gather(*asked), strict=True)
    missing = [str(permission) for permission, granted in answers if not granted]
    if missing:
        return Check("permissions", scene.grave, f"{scene.account} may not {', '.join(missing)}", scene.chart)
    return Check("permissions", Outcome.OK, f"{scene.account} may do all {len(wanted)} things that the operator does")


async def _admission(scene: Scene) -> Check:
    proof = await scene.cluster.prove()
    if proof.in_force:
        return Check("admission", Outcome.OK, proof.message)
    return Check("admission", scene.grave, f"nothing would be executed: {proof.message}", scene.chart)


async def _redlines(scene: Scene) -> Check:
    names = await scene.cluster.names(RedLine)
    if names:
        return Check("redlines", Outcome.OK, f"RedLines: {', '.join(names)}")
    return Check("redlines", scene.grave, "there is no RedLine: every loop stays in Observe", scene.chart)


CHECKS: dict[str, Callable[[Scene], Awaitable[Check]]] = {
    "definitions": _definitions,
    "permissions": _permissions,
    "admission": _admission,
    "redlines": _redlines,
}
"""What is looked at in a cluster that answers, in the order in which it is told."""
