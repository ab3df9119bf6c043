"""The main job, whole. A package, so that its operator is gone when these tests end."""
