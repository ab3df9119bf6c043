"""Policies that are supposed: how they are read, among which others they stand, and whose plans they rule."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from autonomic.domain.errors import Invalid, Unavailable
from autonomic.ports.memory.policy import MemoryPolicyEngine
from autonomic.ports.policy import PolicyEngine, PolicySet
from autonomic.simulate import Unfit, ruling, scenario
from autonomic.simulate.confining import confine
from autonomic.simulate.lending import Apart
from autonomic.simulate.policies import composed
from autonomic.simulate.rego import SupposedPolicies

CALM = 'package autonomic.owners.calm\n\ndenials contains "never" if input.steps\n'
TIERS = "package autonomic\n\n# nothing\n"
IN_FORCE = PolicySet(
    {
        "policies/tiers.rego": "package autonomic\n\non := 1\n",
        "policies/steps.rego": "package autonomic\n\non := 2\n",
        "autonomic-owners/rules/a.rego": 'package autonomic.owners.calm\n\nloaded contains "rules/a.rego=1"\n',
        "autonomic-owners/supposed/calm.rego": 'package autonomic.owners.other\n\nloaded contains "supposed/b.rego=1"\n',
    },
    {"autonomic": {"policy": {"revision": "sha256:1"}, "config": {"tiers": {"enabled": False}}}},
)


def file(rego: str, name: str = "calm.rego") -> dict[str, str]:
    """One file, as it stands in a body."""
    return {"name": name, "rego": rego}


def supposed(*files: dict[str, str], instead: str | None = None) -> SupposedPolicies:
    """As a scenario has them."""
    policies: dict[str, Any] = {"files": list(files)} | ({"insteadOf": instead} if instead else {})
    found = scenario({"policies": policies}).policies
    assert found is not None
    return found


REFUSED = {
    "a text of 4 MiB": ([file("#" * (4 << 20))], "policies.files.0.rego", "32768 is the most"),
    "no text": ([file("")], "policies.files.0.rego", "at least 1 character"),
    "a path": ([file(CALM, "../calm.rego")], "policies.files.0.name", "should match pattern"),
    "a hidden file": ([file(CALM, ".calm.rego")], "policies.files.0.name", "should match pattern"),
    "no Rego": ([file(CALM, "calm.json")], "policies.files.0.name", "should match pattern"),
    "a test": ([file(CALM, "calm_test.rego")], "policies.files.0.name", "is a test: leave it out"),
    "one name twice": ([file(CALM), file(TIERS)], "policies", "two files are named calm.rego"),
    "too many": ([file(CALM, f"{n}.rego") for n in range(33)], "policies.files", "at most 32 items"),
    "too much": ([file("#" * 30_000, f"{n}.rego") for n in range(10)], "policies", "262144 is the most"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_policy_may_be_is_refused_by_its_field(case: str) -> None:
    files, field, why = REFUSED[case]
    with pytest.raises(Unfit) as caught:
        supposed(*files)
    (flaw,) = caught.value.flaws
    assert (flaw.field, why in flaw.detail) == (field, True), flaw
    assert len(flaw.value) <= 200


def test_all_policies_are_not_replaced_by_none() -> None:
    with pytest.raises(Unfit, match="nothing would decide"):
        supposed(instead="All")
    with pytest.raises(Unfit, match=r"policies\.insteadOf"):
        supposed(file(CALM), instead="Everything")


def test_a_file_stands_in_place_of_the_one_of_its_package_or_name() -> None:
    found = composed(supposed(file(CALM), file(TIERS, "tiers.rego")), IN_FORCE).modules
    assert sorted(found) == [
        "_supposed/tiers.rego",
        "autonomic-owners/_supposed/calm.rego",
        "autonomic-owners/supposed/calm.rego",
        "policies/steps.rego",
    ]
    assert found["autonomic-owners/_supposed/calm.rego"].startswith(CALM)
    assert 'loaded contains "_supposed/calm.rego=' in found["autonomic-owners/_supposed/calm.rego"]


def test_owners_policies_are_replaced_together_and_packs_stay() -> None:
    none = composed(supposed(instead="Owners"), IN_FORCE).modules
    assert sorted(none) == ["policies/steps.rego", "policies/tiers.rego"]
    one = composed(supposed(file(CALM), instead="Owners"), IN_FORCE).modules
    assert sorted(one.keys() - none.keys()) == ["autonomic-owners/_supposed/calm.rego"]


def test_whoever_says_so_replaces_everything_but_what_an_administrator_set() -> None:
    found = composed(supposed(file(TIERS, "tiers.rego"), instead="All"), IN_FORCE)
    assert list(found.modules) == ["_supposed/tiers.rego"]
    assert found.data["autonomic"]["config"] == {"tiers": {"enabled": False}}


def test_the_revision_says_that_policies_are_supposed_and_which() -> None:
    sets = [supposed(file(CALM)), supposed(file(CALM), instead="Owners"), supposed(file(CALM + "# more\n"))]
    revisions = {composed(each, IN_FORCE).data["autonomic"]["policy"]["revision"] for each in sets}
    assert len(revisions) == 3
    assert all(each.startswith("supposed-") for each in revisions)


@pytest.mark.parametrize(
    ("policies", "field"),
    [
        (supposed(file(TIERS, "tiers.rego")), "policies.files.0.rego"),
        (supposed(file(CALM), file(TIERS, "new.rego"), instead="Owners"), "policies.files.1.rego"),
        (supposed(file(CALM), instead="All"), "policies.insteadOf"),
    ],
)
def test_who_sees_one_namespace_supposes_owners_policies_alone(policies: SupposedPolicies, field: str) -> None:
    with pytest.raises(Unfit) as caught:
        confine(scenario({"policies": policies.wire()}), "shop")
    assert [each.field for each in caught.value.flaws] == [field]
    confine(scenario({"policies": supposed(file(CALM), instead="Owners").wire()}), "shop")


async def test_plans_of_other_namespaces_are_ruled_by_the_policies_in_force() -> None:
    tried, real = MemoryPolicyEngine("tried", "r2"), MemoryPolicyEngine("real", "r1")
    apart = Apart(tried, real, "shop")
    answers = [await apart.decide({"namespace": {"name": name}}) for name in ("shop", "bank", "shopping")]
    assert answers == ["tried", "real", "real"]
    assert [each["namespace"]["name"] for each in tried.asked] == ["shop"]
    assert await apart.revision() == "r2"


class Trial:
    """A `PolicyTrial` in memory, whose engine begins or does not."""

    def __init__(self, *, begins: bool) -> None:
        self.begins = begins

    async def in_force(self) -> PolicySet:
        """Some."""
        return IN_FORCE

    async def check(self, modules: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
        """All are good."""
        return {name: {} for name in modules}

    async def compiles(self, modules: Mapping[str, str]) -> None:
        """They do."""

    @asynccontextmanager
    async def serve(self, policies: PolicySet) -> AsyncIterator[PolicyEngine]:
        """An engine that says yes."""
        if not self.begins:
            raise Invalid(f"OPA ended at once: {min(policies.modules)}:1: a word of somebody else")
        yield MemoryPolicyEngine("yes", "r3")


async def test_who_asks_supposed_policies_after_their_simulation_gets_no_answer() -> None:
    async with ruling(Trial(begins=True), supposed(instead="Owners")) as ruled:
        assert await ruled.engine.decide({}) == "yes"
    assert (ruled.told.revision, ruled.told.instead_of) == ("r3", "Owners")
    with pytest.raises(Unavailable, match="gone with their simulation"):
        await ruled.engine.decide({})


async def test_what_opa_says_of_others_policies_is_not_told() -> None:
    with pytest.raises(Unfit, match="does not begin with them among the others") as caught:
        async with ruling(Trial(begins=False), supposed(instead="Owners")):
            pass
    assert "somebody else" not in str(caught.value.flaws)


async def test_without_a_program_of_opa_nothing_is_supposed_of_policies() -> None:
    with pytest.raises(Unfit, match="name the program of an OPA"):
        async with ruling(None, supposed(file(CALM))):
            pass
