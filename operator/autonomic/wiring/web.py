"""What answers over HTTP, over the layer that turns here or, on a standby, over the cluster."""

from autonomic.adapters.kubernetes.access import KubernetesAccess
from autonomic.adapters.webhook_senders import WebhookAccess
from autonomic.api.app import build
from autonomic.api.serving import serve
from autonomic.api.sources import Health, LayerView, Routing, Snapshots
from autonomic.cycle.health.asking import rows as health_rows
from autonomic.cycle.health.past import rows_at
from autonomic.cycle.slo.accounting import account, judged_alone, status_of
from autonomic.domain.contracts import SLAContract
from autonomic.layer import AutonomicLayer
from autonomic.settings import Settings
from autonomic.slo.account import ContractAccount
from autonomic.wiring.intake import STANDS_BY
from autonomic.wiring.leadership import ungated
from autonomic.wiring.replica import Replica


async def answer(settings: Settings, replica: Replica) -> None:
    """Answers until it is cancelled. Raises Invalid when it can't listen there."""
    layer = replica.layer
    app = build(
        LayerView(
            view=lambda: layer.store.view(replica.clock.now()),
            judged=layer.slo.status,
            judged_at=lambda: layer.slo.at,
            account=lambda contract: _account(layer, contract),
            pause=lambda: replica.clock.sleep(0),
        ),
        WebhookAccess(KubernetesAccess(replica.connection, replica.clock), settings.senders, replica.clock),
        Health(
            unready=lambda: None if layer.filled else "the cluster has not been listed yet",
            metrics=replica.figures,
        ),
        intake=replica.intake,
        snapshots=_snapshots(replica),
        routing=Routing(layer.routing, lambda: None if replica.lease.held else STANDS_BY),
    )
    await serve(app, settings.http_host, settings.http_port)


def _snapshots(replica: Replica) -> Snapshots:
    """On a standby, which does not judge, from the cluster."""
    layer, cluster = replica.layer, ungated(replica.connection)
    return Snapshots(
        now=lambda namespace: health_rows(layer.health, cluster, namespace),
        then=lambda contracts, at: rows_at(layer.ports.metrics, contracts, layer.store.view(replica.clock.now()), at),
        looked_at=lambda: layer.health.at,
    )


async def _account(layer: AutonomicLayer, contract: SLAContract) -> ContractAccount:
    """From the engine that turns here; on a standby, where none turns, from one that judges the contract alone."""
    view, engine = layer.store.view(layer.ports.clock.now()), layer.engine
    if not engine.judges(contract.key):
        engine = await judged_alone(layer.ports.metrics, contract, view)
    status = layer.slo.status(contract) or status_of(engine, contract, view.now)
    return await account(engine, contract, status, view.now)
