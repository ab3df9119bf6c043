"""The Autonomic Layer: from a burning error budget to a governed, verified, reversible change.

The rooms, in the order in which they may import one another; each may look only downwards:

- `__main__`, `main`, `wiring`: the composition root and its parts. Nothing else wires.
- `handlers` (Kopf watches), `api` (HTTP), `cli` (commands): the doors. They see ports, never adapters, but for `cli`'s doctor.
- `sdk`: the layer for programs, with ports in memory where there are none.
- `adapters` (Kubernetes, Prometheus, OPA, Lease, clock, telemetry), `settings`: the world outside.
- `simulate`: what would follow, tried on a twin of the layer.
- `layer`: AutonomicLayer, the brain as one object.
- `cycle`: the Store, the scheduler, a turn of a loop, the way of a plan.
- `loops`: what each loop asks, and what the answers mean.
- `cost`: what is spent and how long it lasts; it counts periods as `slo` does.
- `slo`, `healing`, `governance`, `execution`: the arithmetic, the matching, the gate, the actions. They do not know each other.
- `ports`: what is needed of the world, and the same in memory.
- `domain`: the resources and the words.
"""

__version__ = "0.1.0"
