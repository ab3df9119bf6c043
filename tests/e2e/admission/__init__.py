"""What the installed admission policies refuse. A package, so that the kinds of others are gone when these tests end."""
