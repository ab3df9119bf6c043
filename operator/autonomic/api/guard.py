"""Who calls, and whether they may: the cluster decides both, for every endpoint but probes and metrics."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from autonomic.ports.access import Access, Caller

SCHEME = "KubernetesToken"
_BEARER = HTTPBearer(
    auto_error=False, scheme_name=SCHEME, description="A Kubernetes token: `kubectl create token ...`."
)
Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
"""The token that came with the request, whoever's it is."""


class Guard:
    """Authentication as a dependency (`Depends(guard.caller)`), authorisation as a call (`await guard.demand(...)`)."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def caller(self, sent: Sent) -> Caller:
        """The authenticated caller. Answers 401, or 503 when the cluster can't be asked."""
        if sent is None:
            raise _unauthorised("send a Kubernetes token: Authorization: Bearer ...")
        caller = await self._access.who(sent.credentials)
        if caller is None:
            raise _unauthorised("the cluster does not accept this token: it may have expired")
        return caller

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """Whether the caller may use the verb on our resource there. Answers 503 when the cluster can't be asked."""
        return await self._access.may(caller, verb, resource, namespace)

    async def demand(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> None:
        """Answers 403 unless the caller may use the verb on our resource there (None: in every namespace)."""
        if not await self.may(caller, verb, resource, namespace):
            where = f"in namespace {namespace}" if namespace else "in every namespace: name one with ?namespace="
            raise HTTPException(HTTPStatus.FORBIDDEN, f"{caller.name} may not {verb} {resource} {where}")


def _unauthorised(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})
