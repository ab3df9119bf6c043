"""The checks of what the operator asks beside the cluster: Prometheus and OPA."""

from autonomic.cli.doctor.surroundings import Surroundings
from autonomic.cli.doctor.verdicts import Check, Outcome
from autonomic.domain.readings import Question
from autonomic.domain.servers import DEFAULT
from autonomic.settings import Settings, without_password

_ANCHORED = "start it with --enable-feature=promql-extended-range-selectors"


def check_name(server: str) -> str:
    """`prometheus`, or `prometheus/eu` of one that is not the default."""
    return "prometheus" if server == DEFAULT else f"prometheus/{server}"


async def examine_prometheus(surroundings: Surroundings, settings: Settings, server: str = DEFAULT) -> Check:
    """Whether that server answers a query, and counts exactly. Raises AutonomicError."""
    async with surroundings.metrics(settings) as metrics:
        await metrics.query(Question("vector(1)", surroundings.clock.now(), server=server))
        exact = (await metrics.abilities(server)).anchored
    answers = f"Prometheus at {without_password(settings.metrics_servers[server].url)} answers"
    if exact:
        return Check(check_name(server), Outcome.OK, f"{answers} and counts exactly")
    message = f"{answers}, but extrapolates: every figure is Approximate, and automatic approval may be refused"
    return Check(check_name(server), Outcome.WARN, message, _ANCHORED)


async def examine_opa(surroundings: Surroundings, settings: Settings) -> Check:
    """Whether it answers with our policies. Raises AutonomicError."""
    async with surroundings.policy(settings) as policy:
        revision = await policy.revision()
    return Check("opa", Outcome.OK, f"OPA at {settings.opa_url} answers with policies of revision {revision}")
