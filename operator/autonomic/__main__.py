"""`autonomic`, and `python -m autonomic`: the command line over the composition root."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autonomic.settings import Settings

INTERRUPTED = 130
"""The exit code where somebody pressed Ctrl-C."""


def main() -> None:
    """Runs the command that the arguments name."""
    try:
        # Loading takes a while, in which somebody may think better of it.
        from autonomic import cli

        cli.app(run=_run)()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run(settings: "Settings") -> None:
    # Kopf and all adapters are loaded for the one command that needs them.
    from autonomic.main import run

    run(settings)


if __name__ == "__main__":
    main()
