"""Run the stand-in against the cluster that KUBECONFIG names; the package says how."""

import argparse
import asyncio
import logging
import time
from collections.abc import Sequence
from random import Random

import uvicorn
from kubernetes.aio.client import CoreV1Api
from kubernetes.aio.config import ConfigException, new_client_from_config

from examples.conductor.agent import Agent
from examples.conductor.app import create_app
from examples.conductor.cluster import ClusterWorkers
from examples.conductor.workers import Workload

TICK_S = 0.1

LOG = logging.getLogger(__name__)


def main() -> None:
    """Read the arguments and run until interrupted."""
    parser = argparse.ArgumentParser(prog="conductor", description="A small stand-in for Maestro Conductor.")
    parser.add_argument("--agent", action="append", required=True, type=_workload, metavar="NAMESPACE/NAME")
    parser.add_argument("--port", required=True, type=int, help="port on 127.0.0.1 for metrics and control")
    parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same tasks (default: 1)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        asyncio.run(run(list(dict.fromkeys(arguments.agent)), arguments.port, arguments.seed))
    except KeyboardInterrupt:
        LOG.info("stopped")
    except ConfigException as error:
        parser.error(f"KUBECONFIG leads to no cluster: {error}")


async def run(workloads: Sequence[Workload], port: int, seed: int) -> None:
    """Serve the agents on 127.0.0.1:`port` until the process is told to stop."""
    workers = ClusterWorkers({workload.namespace for workload in workloads})
    agents = [Agent(workload, workers, Random(f"{seed}/{'/'.join(workload)}")) for workload in workloads]
    app = create_app(agents, workers.known)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False))
    async with await new_client_from_config() as client, asyncio.TaskGroup() as group:
        background = [group.create_task(workers.follow(CoreV1Api(client))), group.create_task(drive(agents))]
        await server.serve()
        for task in background:
            task.cancel()


async def drive(agents: Sequence[Agent]) -> None:
    """Let every agent live in real time, a tick at a time, until cancelled."""
    while True:
        now = time.monotonic()
        for agent in agents:
            agent.advance(now)
        await asyncio.sleep(TICK_S)


def _workload(text: str) -> Workload:
    try:
        return Workload.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    main()
