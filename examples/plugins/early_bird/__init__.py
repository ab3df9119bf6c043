"""Examples of plug-ins: a loop that does not wait, an action that goes one step down, a notebook, and files as signals."""
