"""Reviews sent to the API server with the reviewer's own token: admission sees the person, never the operator."""

from contextlib import aclosing
from pathlib import Path
from typing import Self

from kubernetes.aio.client import ApiClient, Configuration

from autonomic.adapters.kubernetes.connection import JSON_PATCH, Connection, configured
from autonomic.adapters.kubernetes.paths import object_path
from autonomic.adapters.kubernetes.person import adding
from autonomic.domain.meta import ObjectRef
from autonomic.domain.plans import Review
from autonomic.ports.reviewing import Reviewing

FIELD_MANAGER = "autonomic-api"
_WRITE = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
_REACHING = ("host", "ssl_ca_cert", "ca_cert_data", "verify_ssl", "tls_server_name", "proxy")


class KubernetesReviewing(Reviewing):
    """One connection for each review, closed after it: nobody's token ever travels with another's."""

    def __init__(self, known: Configuration, timeout: float = 10.0) -> None:
        self._known = known
        self._timeout = timeout

    @classmethod
    async def open(cls, kubeconfig: Path | None) -> Self:
        """The cluster that the operator itself is at. Raises Invalid when it can't be reached by what is given."""
        return cls(await configured(kubeconfig))

    async def give(self, token: str, plan: ObjectRef, review: Review) -> None:
        """See the port."""
        async with aclosing(Connection(ApiClient(self._of(token)), self._timeout)) as connection:
            await connection.request(
                "PATCH",
                object_path(plan),
                f"review {plan}",
                params=_WRITE,
                body=adding(review),
                content_type=JSON_PATCH,
            )

    def _of(self, token: str) -> Configuration:
        """Where the cluster is, as the operator knows it, and nothing that proves who the operator is."""
        bare = Configuration()
        for name in _REACHING:
            setattr(bare, name, getattr(self._known, name))
        bare.api_key = {"BearerToken": f"Bearer {token}"}
        return bare
