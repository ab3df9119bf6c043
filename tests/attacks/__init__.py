"""What somebody with an operator's own rights tries. A package, so that its cluster is gone when these tests end."""
