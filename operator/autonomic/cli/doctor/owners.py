"""The check of owners' policies: each is judged here as the operator judges it."""

from autonomic.cli.doctor.surroundings import Surroundings
from autonomic.cli.doctor.verdicts import Check, Outcome
from autonomic.cycle.owners import OwnersSet
from autonomic.governance.owners import is_policy
from autonomic.settings import Settings

_CORRECT = "correct or delete what is named; docs/policies.md says what a policy of owners may hold"


async def examine_owners(surroundings: Surroundings, settings: Settings) -> Check:
    """Whether each ConfigMap that is a policy would be taken in. Raises AutonomicError."""
    async with surroundings.cluster(settings) as cluster:
        listed = await cluster.config_maps()
    policies = {each["metadata"]["name"]: each for each in listed if is_policy(each)}
    owners = OwnersSet(surroundings.checker(settings))
    await owners.take_in(policies)
    if owners.refused:
        said = "; ".join(f"ConfigMap {name}: {why}" for name, why in owners.refused.items())
        return Check("owners", Outcome.FAIL, f"policies of owners are refused: {said}", _CORRECT)
    if not policies:
        return Check("owners", Outcome.OK, f"no ConfigMap in {settings.namespace} is a policy of owners")
    return Check("owners", Outcome.OK, f"policies of owners are good: {', '.join(sorted(policies))}")
