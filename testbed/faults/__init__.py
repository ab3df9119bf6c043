"""A proxy between the operator and its peers that fails as it is told: what was asked, what was done, all on record.

- `asked`: what a request is about. `fault`: which request is struck, when and how, as data. `armed`: which fault's turn it is.
- `record`: everything that was asked and what was done with it; awaited, never polled.
- `exchange`, `stream`, `answers`: one request's way through; an open watch; what is answered in a server's place.
- `relay`: the server itself, in an event loop. `proxy`: the same in a thread of its own, for everyone else.

It stands before a local cluster's API server (TLS, the caller's token passes unchanged), before Prometheus and before OPA.
What is upgraded (exec, port-forward) does not pass.

What never belongs here: what the operator ought to do about a fault; plans, actions, anything of the product.
"""
