"""Kinds that a cluster is to know: those of others, by their own definitions, and the names of ours."""

from pathlib import Path

from testbed.build import ensure_built
from testbed.cache import program_path
from testbed.cluster import Cluster
from testbed.people import ROOT
from testbed.programs.catalogue import Program

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
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=60s", "-f", file, as_=ROOT)
    return file
