"""What answers over HTTP, over the layer that turns here or, on a standby, over the cluster."""

from autonomic.adapters.clock import SystemEntropy
from autonomic.adapters.kubernetes.access import KubernetesAccess
from autonomic.adapters.kubernetes.reviewing import KubernetesReviewing
from autonomic.adapters.opa import Means, OpaPolicyServer, OpaTrial
from autonomic.adapters.webhook_senders import WebhookAccess
from autonomic.api.app import build
from autonomic.api.bounds import Bounds, Rates
from autonomic.api.pacing import Pace
from autonomic.api.renewal import serve_renewed
from autonomic.api.seals import Seal
from autonomic.api.serving import Manner, serve
from autonomic.api.sources import Events, Health, LayerView, Routing, Simulating, Snapshots
from autonomic.cycle.feed import Feed
from autonomic.cycle.health.asking import rows as health_rows
from autonomic.cycle.health.past import rows_at
from autonomic.cycle.news import NewsDesk
from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.domain.units import seconds
from autonomic.governance.owners_syntax import allowed
from autonomic.layer import AutonomicLayer
from autonomic.ports.policy import PolicyTrial
from autonomic.settings import Settings
from autonomic.simulate import Simulator
from autonomic.slo.account import ContractAccount
from autonomic.wiring.intake import STANDS_BY
from autonomic.wiring.leadership import ungated
from autonomic.wiring.replica import Replica


async def answer(settings: Settings, replica: Replica) -> None:
    """Answers until it is cancelled. Raises Invalid when it can't listen there."""
    layer, feed = replica.layer, Feed(SystemEntropy().nonce()[:8])
    NewsDesk(layer.store, feed, replica.clock.now).begin()
    app = build(
        LayerView(
            view=lambda: layer.store.view(replica.clock.now()),
            judged=layer.slo.status,
            judged_at=lambda: layer.slo.at,
            account=lambda contract: _account(layer, contract),
            pause=Pace(replica.clock).pause,
        ),
        _access(settings, replica),
        Health(
            unready=lambda: None if layer.filled else "the cluster has not been listed yet",
            metrics=replica.figures,
        ),
        intake=replica.intake,
        snapshots=_snapshots(replica),
        routing=Routing(layer.routing, lambda: None if replica.lease.held else STANDS_BY),
        simulating=Simulating(
            Simulator(layer, trial=_trial(settings)).simulate, lambda: None if replica.lease.held else STANDS_BY
        ),
        reviewing=await KubernetesReviewing.open(settings.kubeconfig),
        happening=Events(feed, replica.clock, Seal(SystemEntropy().nonce)),
        bounds=Bounds(replica.clock.monotonic, _rates(settings)),
    )
    manner = Manner(ending=feed.close, cut_off=replica.cut_off)
    if settings.certificate is None:
        await serve(app, settings.http_host, settings.http_port, manner)
    else:
        where = settings.http_host, settings.http_port
        await serve_renewed(app, where, settings.certificate, manner, replica.clock.sleep)


def _rates(settings: Settings) -> Rates:
    return Rates.of(
        settings.http_requests_per_second, settings.http_decisions_per_second, settings.http_new_tokens_per_second
    )


def _trial(settings: Settings) -> PolicyTrial:
    """Where simulations try policies: among those that OPA holds now, by a program of their own."""
    timeout = seconds(settings.opa_timeout)
    held = OpaPolicyServer(settings.opa_url, timeout).held
    return OpaTrial(Means(settings.opa_program, settings.policy_schema, timeout, allowed), held)


def _access(settings: Settings, replica: Replica) -> WebhookAccess:
    people = KubernetesAccess(replica.connection, replica.clock, settings.http_audiences)
    return WebhookAccess(people, settings.senders, replica.clock)


def _snapshots(replica: Replica) -> Snapshots:
    """On a standby, which does not judge, from the cluster."""
    layer, cluster = replica.layer, ungated(replica.connection)
    return Snapshots(
        now=lambda namespace: health_rows(layer.health, cluster, namespace),
        then=lambda contracts, at: rows_at(layer.ports.metrics, contracts, layer.store.view(replica.clock.now()), at),
        looked_at=lambda: layer.health.at,
        plugins=lambda: replica.plugged.standings,
    )


async def _account(layer: AutonomicLayer, contract: SLAContract) -> ContractAccount:
    """From the engines that turn here; on a standby, where none turns, from some that judge the contract alone."""
    view, engines = layer.store.view(layer.ports.clock.now()), layer.engines
    if not engines.judges(contract):
        engines = await judged_alone(layer.ports.metrics, contract, view)
    status = layer.slo.status(contract) or status_of(engines, contract, view.now)
    return await account(engines, contract, status, view.now)
