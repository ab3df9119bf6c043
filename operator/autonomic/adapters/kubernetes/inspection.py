"""What a person who looks for a fault asks of the cluster. Nothing here writes."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from autonomic.adapters.kubernetes.admission import AdmissionProof
from autonomic.adapters.kubernetes.client import KubernetesCluster
from autonomic.adapters.kubernetes.connection import Connection
from autonomic.adapters.kubernetes.probes import chart_probes
from autonomic.adapters.kubernetes.serving import serves
from autonomic.domain.controlloops import ControlLoopResource
from autonomic.domain.errors import AutonomicError, LeadershipLost, NotFound, Unavailable
from autonomic.domain.meta import ObjectRef
from autonomic.domain.resource import Resource
from autonomic.domain.words import API_VERSION
from autonomic.ports.cluster import Manifest, Proof

_DEFINITION = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
_WHO_AM_I = "authentication.k8s.io/v1", "SelfSubjectReview"
_MAY_I = "authorization.k8s.io/v1", "SelfSubjectAccessReview"
_PAGE_SECONDS = 10.0


class KubernetesInspection:
    """The cluster behind a connection, for an operator whose own namespace is `namespace`. Any method may raise Unavailable."""

    def __init__(self, connection: Connection, namespace: str) -> None:
        self._connection = connection
        self._namespace = namespace
        self._cluster = KubernetesCluster(connection, _never)
        self._admission = AdmissionProof(connection, chart_probes(namespace))

    async def version(self) -> str:
        """The server's version, such as v1.36.3."""
        return str((await self._connection.request("GET", "/version", "read the server's version")).get("gitVersion"))

    async def who_am_i(self) -> tuple[str, datetime]:
        """The name that the cluster knows us by, and its time when it answered, cut to the second."""
        answer = await self._review(*_WHO_AM_I, {})
        try:
            name, moment = answer["status"]["userInfo"]["username"], answer["metadata"]["creationTimestamp"]
            return str(name), datetime.fromisoformat(moment)
        except (KeyError, TypeError, ValueError) as problem:
            raise Unavailable(f"the answer to a SelfSubjectReview has not its form: {problem!r}") from problem

    async def may_i(self, attributes: Mapping[str, str]) -> bool:
        """Whether we may do that; `attributes` are those of a SelfSubjectAccessReview: verb, group, resource, ..."""
        answer = await self._review(*_MAY_I, {"spec": {"resourceAttributes": dict(attributes)}})
        return (answer.get("status") or {}).get("allowed") is True

    async def serves(self, api_version: str, kind: str) -> bool:
        """Whether the cluster has that kind, of a group."""
        return await serves(self._connection, api_version, kind)

    async def definition(self, kind: type[Resource]) -> Manifest | None:
        """The CustomResourceDefinition of a kind as the cluster has it; None when there is none. Raises Forbidden."""
        api_version, definition = _DEFINITION
        name = f"{kind.names.plural}.{API_VERSION.partition('/')[0]}"
        try:
            return await self._cluster.get(ObjectRef(api_version=api_version, kind=definition, name=name))
        except NotFound:
            return None

    async def names(self, kind: type[Resource]) -> tuple[str, ...]:
        """The names of all objects of a kind. Raises NotFound when the kind does not exist, Forbidden."""
        found = await self._cluster.list(API_VERSION, kind.names.kind)
        return tuple(each["metadata"]["name"] for each in found)

    async def config_maps(self) -> tuple[Manifest, ...]:
        """The ConfigMaps in the operator's own namespace. Raises Forbidden."""
        return tuple(await self._cluster.list("v1", "ConfigMap", self._namespace))

    async def loops(self) -> tuple[ControlLoopResource, ...]:
        """Every ControlLoop. Raises NotFound when there is no such kind, Forbidden."""
        found = await self._cluster.list(API_VERSION, ControlLoopResource.names.kind)
        return tuple(ControlLoopResource.read(each) for each in found)

    async def page(self) -> str:
        """The metrics of the operator that acts, through the API server. Raises NotFound, NotPermitted."""
        try:
            return await self._page("http")
        except Unavailable as problem:
            with suppress(AutonomicError):
                return await self._page("https")
            raise problem from None

    async def _page(self, scheme: str) -> str:
        path = f"/api/v1/namespaces/{self._namespace}/services/{scheme}:autonomic:http/proxy/metrics"
        lines = self._connection.lines(path, {}, "read the operator's metrics", _PAGE_SECONDS)
        return b"".join([line async for line in lines]).decode(errors="replace")

    async def prove(self) -> Proof:
        """Whether the admission policies refuse what they must."""
        return await self._admission.prove()

    async def _review(self, api_version: str, kind: str, content: Manifest) -> Manifest:
        path = f"/apis/{api_version}/{kind.lower()}s"
        body = {"apiVersion": api_version, "kind": kind, **content}
        return await self._connection.request("POST", path, f"ask for a {kind}", body=body)


def _never() -> None:
    raise LeadershipLost("an inspection writes nothing")
