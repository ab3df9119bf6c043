"""Who calls, and whether they may: the cluster decides both, for every endpoint but probes and metrics."""

from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from autonomic.api.bounds import Bounds
from autonomic.ports.access import Access, Caller

SCHEME = "KubernetesToken"
_BEARER = HTTPBearer(
    auto_error=False, scheme_name=SCHEME, description="A Kubernetes token: `kubectl create token ...`."
)
Sent = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
"""The token that came with the request, whoever's it is."""


class Guard:
    """Authentication as a dependency (`Depends(guard.caller)`), authorisation as a call (`await guard.demand(...)`)."""

    def __init__(self, access: Access, bounds: Bounds) -> None:
        self._access = access
        self._bounds = bounds

    async def caller(self, request: Request, sent: Sent) -> Caller:
        """The authenticated caller. Answers 401, 429 where they ask too often, or 503 when the cluster can't be asked."""
        caller = await self.known(address(request), sent)
        self._bounds.ask(caller)
        return caller

    async def doer(self, request: Request, sent: Sent) -> Caller:
        """The same for who decides tasks, and has a bound of their own for it."""
        caller = await self.known(address(request), sent)
        self._bounds.task(caller)
        return caller

    async def known(self, address: str, sent: Sent) -> Caller:
        """The authenticated caller, however often they ask. Answers 401, 429 to who tries tokens, or 503."""
        if sent is None:
            raise _unauthorised("send a Kubernetes token: Authorization: Bearer ...")
        with self._bounds.trying(address, sent.credentials) as accept:
            caller = await self._access.who(sent.credentials)
            if caller is None:
                raise _unauthorised("the cluster does not accept this token: it may have expired")
            accept()
        return caller

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """Whether the caller may use the verb on our resource there. Answers 503 when the cluster can't be asked."""
        return await self._access.may(caller, verb, resource, namespace)

    async def demand(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> None:
        """Answers 403 unless the caller may use the verb on our resource there (None: in every namespace)."""
        if not await self.may(caller, verb, resource, namespace):
            where = f"in namespace {namespace}" if namespace else "in every namespace: name one with ?namespace="
            raise HTTPException(HTTPStatus.FORBIDDEN, f"{caller.name} may not {verb} {resource} {where}")


def address(request: Request) -> str:
    """Where the request comes from, as far as the connection tells."""
    return request.client.host if request.client else ""


def _unauthorised(detail: str) -> HTTPException:
    return HTTPException(HTTPStatus.UNAUTHORIZED, detail, {"WWW-Authenticate": "Bearer"})
