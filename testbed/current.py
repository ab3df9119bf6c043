"""`CLUSTER=current`: the cluster of the current kubeconfig context, once a person has said yes to it by name."""

import os
from collections.abc import Callable, Mapping

from testbed.cluster import Cluster
from testbed.existing import ClusterUnusableError, ask_person, existing_cluster, minified
from testbed.run import Run

CONFIRM_VARIABLE = "AUTONOMIC_TESTBED_CONFIRM"


def current_cluster(run: Run) -> Cluster:
    """The current context's cluster. Raises `ClusterUnusableError` unless it was agreed to."""
    config = minified()
    agree(config["current-context"], config["clusters"][0]["cluster"]["server"], os.environ, ask_person)
    return existing_cluster(run, "current", config)


def agree(context: str, server: str, environment: Mapping[str, str], ask: Callable[[str], str]) -> None:
    """Return if the environment names this very context, or a person types yes. Raises `ClusterUnusableError`."""
    confirmed = environment.get(CONFIRM_VARIABLE)
    if confirmed == context:
        return
    if confirmed:
        raise ClusterUnusableError(f"{CONFIRM_VARIABLE} is {confirmed!r}, but the current context is {context!r}")
    question = (
        f"This installs into, changes and removes things in the cluster of the context {context!r} ({server}).\n"
        "Go on? Type yes:"
    )
    if ask(question) != "yes":
        raise ClusterUnusableError(
            f"nobody said yes to the context {context!r}. Type yes when asked, or set {CONFIRM_VARIABLE}={context}"
        )
