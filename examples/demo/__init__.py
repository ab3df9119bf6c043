"""The demo: four incidents on a real control plane, told step by step with the kubectl commands that show each.

    python -m examples.demo            # under two minutes; exits 1 unless every story ended as told
    KEEP=1 python -m examples.demo     # leaves everything running, says how to look around, until Ctrl-C

The last line is for scripts: `{"stories": 4, "ended_as_told": 4, "seconds": 61.2}`.

- `manifests`: what a user would write; the demo applies these very files.
- `stage`, `conductor`: brings up the cluster, Prometheus, OPA, the chart, the operator, and the agents' stand-in.
- `scene`: what a story does and looks at, always by the real kubectl and as one of the testbed's people.
- `stories`: one file for each incident. `narrator`: how it is told.
- `tour`: what `KEEP=1` prints. `failure`: what is shown when a story does not end as told.

What never belongs here: anything of the operator's own code, and any way of knowing how a story went but the ones that
a user has.
"""
