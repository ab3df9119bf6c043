"""Plans by their names, and what there is instead of one that is not there."""

from difflib import get_close_matches

from pydantic import ValidationError

from autonomic.cli.plan.outcomes import MISTAKE, Stop
from autonomic.cli.plan.person import Person
from autonomic.domain.errors import NotFound
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import AdaptationPlan
from autonomic.domain.words import API_VERSION
from autonomic.openslo.refusals import sentence
from autonomic.ports.cluster import Manifest

KIND = AdaptationPlan.names.kind
_SHOWN = 5


async def find(person: Person, namespace: str | None, name: str) -> AdaptationPlan:
    """The plan; `name` may be written as `kubectl get -o name` prints it. Raises NotFound that names what is there."""
    where = namespace or person.namespace
    ref = ObjectRef(api_version=API_VERSION, kind=KIND, name=name.rpartition("/")[2], namespace=where)
    try:
        return read(await person.cluster.get(ref))
    except NotFound:
        others = [raw["metadata"]["name"] for raw in await person.cluster.list(API_VERSION, KIND, where)]
        raise NotFound(f"there is no plan {ref.name} in namespace {where}; {_instead(ref.name, others)}") from None


async def find_all(person: Person, namespace: str | None, *, everywhere: bool) -> list[AdaptationPlan]:
    """The plans of a namespace, or of all, oldest first; those that this version can't read are left out."""
    raws = await person.cluster.list(API_VERSION, KIND, None if everywhere else namespace or person.namespace)
    found = [plan for raw in raws if (plan := _readable(raw))]
    return sorted(found, key=lambda plan: (str(plan.metadata.creation_timestamp), plan.key))


def read(raw: Manifest) -> AdaptationPlan:
    """The plan. Raises Stop for one of another version."""
    try:
        return AdaptationPlan.read(raw)
    except ValidationError as error:
        name = raw["metadata"]["name"]
        raise Stop(
            f"plan {name} is not one of this version: {sentence(error)}; use the release that runs there", MISTAKE
        ) from None


def _readable(raw: Manifest) -> AdaptationPlan | None:
    try:
        return AdaptationPlan.read(raw)
    except ValidationError:
        return None


def _instead(name: str, others: list[str]) -> str:
    if not others:
        return "there is none at all: give its namespace with -n"
    near = get_close_matches(name, others, n=_SHOWN, cutoff=0.3) or others[:_SHOWN]
    return f"there are {', '.join(near)}" + (", and others" if len(others) > len(near) else "")
