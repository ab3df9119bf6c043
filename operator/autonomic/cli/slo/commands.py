"""The commands under `autonomic slo`."""

import typer

from autonomic.cli.slo import import_export, rules, show


def slo() -> typer.Typer:
    """`autonomic slo`, to be added to the command line."""
    commands = typer.Typer(
        name="slo", help="Contracts in other formats, and what is said of them.", no_args_is_help=True
    )
    commands.command("import", help=import_export.IMPORT)(import_export.import_openslo)
    commands.command("export", help=import_export.EXPORT)(import_export.export_openslo)
    commands.command("rules", help=rules.HELP)(rules.print_rules)
    commands.command("show", help=show.HELP)(show.show)
    return commands
