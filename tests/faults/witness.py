"""Who sees everything that becomes of plans and their targets, revision by revision, beside the proxy."""

import contextlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import requests

from testbed.api import Api, ApiError
from testbed.waiting import WaitedTooLongError, until
from testbed.world import Manifest

T = TypeVar("T")
PLANS = "apis/autonomic.maestro.dev/v1alpha1 adaptationplans"
_GONE = (OSError, ValueError, AttributeError)
"""What a watch ends with; an error of `requests` is an `OSError`, too."""


class Witness:
    """Watches collections (`apis/apps/v1 deployments`) in all namespaces, from its start until `close`.

    After a watch that ended, what lies between is known by its outcome only; nothing ends it but a restart of the server.
    """

    def __init__(self, api: Api, collections: Iterable[str]) -> None:
        self._api = api
        self._told = threading.Condition()
        self._closed = False
        self._revisions: dict[tuple[str, str, str], list[Manifest]] = defaultdict(list)
        for collection in collections:
            # A kind that was installed just now is not served at once.
            first = until(lambda at=collection: api.get(_path(at)), 30, collection, ignoring=(ApiError,))  # type: ignore[misc]
            since = str(first["metadata"]["resourceVersion"])
            threading.Thread(target=self._watch, args=(collection, since), daemon=True).start()

    def close(self) -> None:
        """Tells of nothing more; its watches end with the server."""
        self._closed = True

    def revisions(self, resource: str, namespace: str, name: str) -> list[Manifest]:
        """Every state that the object was in, oldest first."""
        with self._told:
            return list(self._revisions[resource, namespace, name])

    def lives(self, resource: str, namespace: str) -> list[Manifest]:
        """The first state of every object that the collection ever had; one of the same name that came later is another."""
        with self._told:
            found: dict[str, Manifest] = {}
            for (of, where, _), states in self._revisions.items():
                for each in states if (of, where) == (resource, namespace) else ():
                    found.setdefault(each["metadata"]["uid"], each)
        return sorted(found.values(), key=revision)

    def plans(self, namespace: str) -> list[Manifest]:
        """The plans of the namespace as they are, in the order in which they were first seen."""
        with self._told:
            return [
                states[-1]
                for (resource, where, _), states in self._revisions.items()
                if states and (resource, where) == ("adaptationplans", namespace)
            ]

    def wait(self, probe: Callable[[], T | None], seconds: float, what: str) -> T:
        """The first truthy answer of `probe`, asked again after every event. Raises `WaitedTooLongError`."""
        with self._told:
            found = self._told.wait_for(probe, seconds)
        if not found:
            raise WaitedTooLongError(f"waited {seconds:g} s for {what}")
        return found

    def _watch(self, collection: str, since: str) -> None:
        while not self._closed:
            with contextlib.suppress(*_GONE):
                since = self._follow(collection, since)
            with contextlib.suppress(WaitedTooLongError):
                since = until(lambda: self._list(collection), 5, "the server", ignoring=(ApiError, OSError))

    def _list(self, collection: str) -> str:
        """What is now, and where a watch goes on: a server that was started anew does not know what came before it."""
        listed = self._api.get(_path(collection))
        for found in listed["items"]:
            self._note(collection.split()[1], found)
        return str(listed["metadata"]["resourceVersion"])

    def _follow(self, collection: str, since: str) -> str:
        with requests.get(
            self._api.url + _path(collection),
            params={"watch": "true", "resourceVersion": since, "allowWatchBookmarks": "true"},
            headers={"Authorization": f"Bearer {self._api.token}"},
            verify=str(self._api.ca_file),
            stream=True,
            timeout=(5, 3600),
        ) as answer:
            answer.raise_for_status()
            try:
                for line in answer.iter_lines(chunk_size=None):
                    since = self._tell(collection.split()[1], json.loads(line)) or since
            except _GONE:
                return since
        return since

    def _tell(self, resource: str, event: dict[str, Any]) -> str | None:
        if event["type"] == "ERROR":
            raise ValueError(event["object"])
        if event["type"] in ("ADDED", "MODIFIED"):
            self._note(resource, event["object"])
        return str(event["object"]["metadata"]["resourceVersion"])

    def _note(self, resource: str, found: Manifest) -> None:
        meta = found["metadata"]
        with self._told:
            states = self._revisions[resource, meta["namespace"], meta["name"]]
            if not states or revision(found) > revision(states[-1]):
                states.append(found)
                self._told.notify_all()


def _path(collection: str) -> str:
    prefix, resource = collection.split()
    return f"/{prefix}/{resource}"


def revision(found: Manifest) -> int:
    """When it was so, in the order of everything that the server stored."""
    return int(found["metadata"]["resourceVersion"])
