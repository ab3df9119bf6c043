"""A real Kubernetes, Prometheus and OPA on loopback, for tests, demos and benchmarks.

Everything here runs real programs; nothing here is a fake. The product never imports this package, and this package
never imports the product: the operator is started as a process, as a cluster would start it.

The map, from the ground up:

- `programs`: which programs, in which version (a `go.mod` per group), as data.
- `toolchain`, `cache`, `build`: a Go compiler, the per-user cache, and what builds the one into the other.
- `warden`: the supervisor process that owns every program and outlives nobody. `process`, `run`: its face.
- `ports`, `waiting`: free loopback ports; the only place that polls.
- `people`, `kubeconfig`, `api`: who may do what, and how they reach the API server.
- `controlplane`, `node`, `signing_key`, `audit`: etcd, kube-apiserver and friends; what was written, by whom.
- `service`: a program that comes and goes at one address.
- `prometheus`, `remote_write`, `metrics_clock`, `opa`: the peers of the operator.
- `cluster`: the one face of a cluster. `choice`: which one, by `CLUSTER`. `kind`, `current`, `existing`: not local.
- `image`, `image_base`, `image_engine`, `image_secrets`, `image_tidy`, `image_container`: the product's image, by
  whichever engine works here.
- `operator_process`, `deployment`: the operator, beside the cluster, with its Deployment's environment.
- `installation`: the product's chart, with its policies in force.
- `world`, `traffic`: a workload with a contract and its traffic, and the hands of people, to tell stories with.
- `fixtures`: all of it for pytest. `__main__`, `showcase`: all of it from a shell (`python -m testbed up`).

What never belongs here: assertions about the product, code of the product, mocks.
"""
