"""The HTTP face: metrics and health for machines, load and faults for whoever drives a scenario."""

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import BaseModel, ConfigDict, Field

from examples.conductor.agent import Agent, Fault, NoWorkerError
from examples.conductor.exporter import AgentsCollector
from examples.conductor.workers import Workload


class Condition(BaseModel):
    """An agent's load and fault, set as a whole: a fault that is left out is none."""

    model_config = ConfigDict(extra="forbid")

    arrival_per_s: Annotated[float, Field(ge=0, le=500, allow_inf_nan=False)]
    fault: Fault | None = None


class AgentState(Condition):
    """An agent as it is now; counts are since its start."""

    namespace: str
    name: str
    ready: int
    wedged: int
    waiting: int
    succeeded: int
    failed: int


def create_app(agents: Iterable[Agent], known: Callable[[], bool]) -> FastAPI:
    """Build the app over these agents; `known` says whether their pods are known yet."""
    by_workload = {agent.workload: agent for agent in agents}
    registry = CollectorRegistry()
    registry.register(AgentsCollector(by_workload.values()))
    app = FastAPI(title="Conductor stand-in", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz(response: Response) -> dict[str, str]:
        if known():
            return {"status": "ok"}
        response.status_code = 503
        return {"status": "the pods of the agents' namespaces are not known yet"}

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.get("/agents")
    async def list_agents() -> list[AgentState]:
        return [_state(agent) for agent in by_workload.values()]

    @app.put("/agents/{namespace}/{name}")
    async def put_agent(namespace: str, name: str, condition: Condition) -> AgentState:
        agent = _find(by_workload, Workload(namespace, name))
        try:
            agent.set_condition(condition.arrival_per_s, condition.fault)
        except NoWorkerError as error:
            raise HTTPException(409, str(error)) from error
        return _state(agent)

    @app.exception_handler(RequestValidationError)
    async def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        # FastAPI's own answer breaks on a value that JSON lacks, such as NaN, and is hard to read besides.
        return JSONResponse({"detail": "; ".join(map(_in_words, error.errors()))}, status_code=422)

    return app


def _in_words(error: Mapping[str, Any]) -> str:
    field = ".".join(map(str, error["loc"][1:]))
    value = "" if error["type"] in {"missing", "json_invalid"} else f" is {error['input']!r}"
    return f"{field}{value}: {error['msg']}"


def _find(agents: dict[Workload, Agent], workload: Workload) -> Agent:
    if workload not in agents:
        known = ", ".join("/".join(known) for known in agents)
        raise HTTPException(404, f"no agent {'/'.join(workload)} runs here: name one of {known}")
    return agents[workload]


def _state(agent: Agent) -> AgentState:
    return AgentState(
        namespace=agent.workload.namespace,
        name=agent.workload.name,
        arrival_per_s=agent.arrival_per_s,
        fault=agent.fault,
        ready=agent.ready,
        wedged=agent.wedged,
        waiting=agent.waiting,
        succeeded=agent.succeeded,
        failed=agent.failed,
    )
