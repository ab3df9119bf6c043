"""A small stand-in for Maestro Conductor: agents whose tasks queue for the *ready* replicas of their Deployment.

Tasks arrive at a steady rate and wait in a FIFO queue; each ready pod of the Deployment serves one task at a time. A
task that has waited for its deadline (1 s) counts as failed. One worker serves 12.5 tasks a second on average, so:

| tasks a second | ready workers that suffice | failure ratio with two workers |
|---|---|---|
| 20 | 2 | none |
| 45 | 4 | about 0.44 |
| 60 | 5 | about 0.58 |

    python -m examples.conductor --agent demo/triage-agent --agent demo/review-agent --port 8090

- `GET /metrics` for Prometheus, `GET /healthz` (200 once the pods are known), `GET /agents`;
- `PUT /agents/{namespace}/{name}` with `{"arrival_per_s": 45, "fault": null}` changes one agent's load and fault:
  `"upstream"` fails a fixed part of the tasks whatever the number of workers, `"wedged"` makes one pod fail all its
  tasks until that pod is gone (a rollout restart replaces it).

KUBECONFIG says which cluster; listing and watching pods in the agents' namespaces is all that it needs there.

Here belongs what makes a workload believable: arrival, service, faults, its metrics. What never will: anything of the
operator, which must meet this as it would meet any other workload, through Prometheus and the Kubernetes API alone.
"""
