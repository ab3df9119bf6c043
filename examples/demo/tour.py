"""What `KEEP=1` prints: how to look around in what the demo leaves running."""

from examples.demo.stage import Stage
from testbed.cache import program_path
from testbed.people import ADMIN, ALICE, BOB
from testbed.programs.catalogue import HELM, KUBECTL

_PAGE = """
Everything is still running. In another shell:

  export PATH={path}:$PATH
  export KUBECONFIG={admin}

  kubectl get adaptationplans -n demo -o wide
  kubectl describe adaptationplan -n demo NAME          # why, by whom, what came of it
  kubectl get autonomic -A                              # contracts, playbooks, plans, RedLines, loops
  kubectl get events -n demo --sort-by=.lastTimestamp
  kubectl get redlines,controlloops
  kubectl patch redline default --type=merge -p '{{"spec":{{"killSwitch":true}}}}'      # stop everything, at once

Approve as alice or as bob:

  export KUBECONFIG={alice}
  export KUBECONFIG={bob}

Make another incident (loads are tasks a second; faults are "upstream" and "wedged"):

  curl -X PUT {conductor}/agents/demo/triage-agent -H 'Content-Type: application/json' \\
    -d '{{"arrival_per_s": 60, "fault": null}}'
  curl {conductor}/agents

Prometheus: {prometheus}   OPA: {opa}   operator: {operator}
Logs: {logs}

Ctrl-C ends everything.
"""


def tour(stage: Stage) -> str:
    """The page, with the addresses and files of this run."""
    people = stage.cluster.kubeconfigs
    return _PAGE.format(
        path=":".join(str(program_path(program).parent) for program in (KUBECTL, HELM)),
        admin=people[ADMIN],
        alice=people[ALICE],
        bob=people[BOB],
        conductor=f"http://{stage.conductor.address}",
        prometheus=stage.prometheus.url,
        opa=stage.opa.url,
        operator=stage.operator.http_url,
        logs=stage.logs,
    )
