"""Kinds that a cluster is to know: those of others, by their own definitions, and the names of ours."""

from pathlib import Path

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.cluster import Cluster, CommandFailedError
from testbed.people import ROOT
from testbed.programs.catalogue import Program
from testbed.waiting import until

SERVED_SECONDS = 60.0

OURS = (
    "adaptationplans",
    "adaptiveroutes",
    "controlloops",
    "costbudgets",
    "healthsnapshots",
    "redlines",
    "selfhealingplaybooks",
    "slacontracts",
)
"""The plural names of the kinds that the chart brings."""


def define(cluster: Cluster, program: Program) -> Path:
    """Lets the cluster know a kind of others; back when it is served. The file of its definition."""
    ensure_built((program,))
    file = program_path(program)
    cluster.kubectl("apply", "--server-side", "-f", file, as_=ROOT)
    await_served(cluster, file)
    return file


def await_served(cluster: Cluster, definitions: Path) -> None:
    """Back when the kinds that a file, or the files of a folder, define are served.

    kubectl gives up at once on a definition whose status has no conditions yet, so it is asked again.
    """
    wait = ("wait", "--for=condition=Established", "--timeout=60s", "-f", definitions)
    until(
        lambda: cluster.kubectl(*wait, as_=ROOT),
        SERVED_SECONDS,
        f"the kinds of {definitions.name} to be served",
        ignoring=(CommandFailedError,),
    )
