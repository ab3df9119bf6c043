"""`autonomic`, and `python -m autonomic`: the command line over the composition root."""

from autonomic import cli
from autonomic.settings import Settings


def main() -> None:
    """Runs the command that the arguments name."""
    cli.app(run=_run)()


def _run(settings: Settings) -> None:
    # Kopf and all adapters are loaded for the one command that needs them.
    from autonomic.main import run

    run(settings)


if __name__ == "__main__":
    main()
