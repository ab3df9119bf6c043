"""Which programs make the testbed, in which versions: data only, beside the `go.mod` of each group.

A group is a folder with a `go.mod` and a `go.sum`, because the dependencies of the groups clash. Nothing here builds
or runs.
"""
