"""Who calls, and what they may do: the cluster's own TokenReview and SubjectAccessReview."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from hashlib import sha256
from typing import Any, Generic, TypeVar

from autonomic.adapters.kubernetes.connection import Connection
from autonomic.domain.errors import Unavailable
from autonomic.domain.words import GROUP
from autonomic.ports.access import Access, Caller
from autonomic.ports.clock import Clock
from autonomic.signals.pacing import Bucket

REMEMBERED_SECONDS = 10.0
REMEMBERED_ANSWERS = 1024
QUESTIONS, QUESTIONS_AT_ONCE = 20.0, 200.0
"""SubjectAccessReviews of one tenant, a second and at once after a rest."""

Answer = TypeVar("Answer")


class KubernetesAccess(Access):
    """Asks the API server, and remembers each answer, good or bad, for ten seconds.

    A token must be bound to one of the audiences; to the API server's own where none are named.
    """

    def __init__(self, connection: Connection, clock: Clock, audiences: Sequence[str] = ()) -> None:
        self._connection = connection
        self._audiences = tuple(audiences)
        self._clock = clock
        self._callers: _Recent[Caller | None] = _Recent(clock)
        self._grants: _Recent[bool] = _Recent(clock)
        # Apart, so that who invents tokens, or guesses names, makes nobody's good answer be forgotten.
        self._strangers: _Recent[Caller | None] = _Recent(clock)
        self._denials: _Recent[bool] = _Recent(clock)
        self._questions: _Recent[Bucket] = _Recent(clock)

    async def who(self, token: str) -> Caller | None:
        """The caller behind a bearer token; None when the cluster does not accept it. Raises Unavailable."""
        if not token:
            return None
        # The token itself stays out of memory that outlives the request.
        key = sha256(token.encode()).digest()
        for known in (self._callers, self._strangers):
            if key in known:
                return known[key]
        caller = await self._review_token(token)
        (self._callers if caller else self._strangers).remember(key, caller)
        return caller

    async def may(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        """Whether the caller may use the verb on our resource there (None: everywhere). Raises Unavailable."""
        key = (caller, verb, resource, namespace)
        for known in (self._grants, self._denials):
            if key in known:
                return known[key]
        self._charge(caller)
        allowed = await self._review_access(caller, verb, resource, namespace)
        (self._grants if allowed else self._denials).remember(key, allowed)
        return allowed

    def _charge(self, caller: Caller) -> None:
        """Who asks what nobody asked before, as for one guessed name after the other, is slowed down alone."""
        now, name = self._clock.monotonic(), caller.tenant
        bucket = self._questions[name] if name in self._questions else Bucket(QUESTIONS, QUESTIONS_AT_ONCE, now)
        if bucket.wait(1, now):
            raise Unavailable(f"{name} asks of too many namespaces at once: it may ask {QUESTIONS:g} times a second")
        bucket.take(1)
        self._questions.remember(name, bucket)

    async def _review_token(self, token: str) -> Caller | None:
        spec = {"token": token} | ({"audiences": self._audiences} if self._audiences else {})
        status = await self._review("authentication.k8s.io/v1", "TokenReview", spec)
        if not status.get("authenticated") or not self._meant_for_us(status.get("audiences") or ()):
            return None
        user = status["user"]
        return Caller(user["username"], user.get("uid", ""), tuple(user.get("groups") or ()))

    def _meant_for_us(self, audiences: Sequence[str]) -> bool:
        """A server that does not know audiences names none: its word is about tokens for itself."""
        return not self._audiences or not set(self._audiences).isdisjoint(audiences)

    async def _review_access(self, caller: Caller, verb: str, resource: str, namespace: str | None) -> bool:
        attributes = {"group": GROUP, "resource": resource, "verb": verb, "namespace": namespace or ""}
        asked = {
            "user": caller.name,
            "uid": caller.uid,
            "groups": list(caller.groups),
            "resourceAttributes": attributes,
        }
        status = await self._review("authorization.k8s.io/v1", "SubjectAccessReview", asked)
        return status.get("allowed") is True

    async def _review(self, api_version: str, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
        body = {"apiVersion": api_version, "kind": kind, "spec": spec}
        path = f"/apis/{api_version}/{kind.lower()}s"
        answer = await self._connection.request("POST", path, f"ask for a {kind}", body=body)
        status: dict[str, Any] = answer.get("status") or {}
        return status


class _Recent(Generic[Answer]):
    """The newest answers, each for a short time, at most so many."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._answers: OrderedDict[Hashable, tuple[float, Answer]] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        known = self._answers.get(key)
        return known is not None and self._clock.monotonic() < known[0]

    def __getitem__(self, key: Hashable) -> Answer:
        return self._answers[key][1]

    def remember(self, key: Hashable, answer: Answer) -> None:
        self._answers.pop(key, None)
        self._answers[key] = (self._clock.monotonic() + REMEMBERED_SECONDS, answer)
        if len(self._answers) > REMEMBERED_ANSWERS:
            self._answers.popitem(last=False)
