"""The `lake` command line."""

import typer

app = typer.Typer(help="Work with the lake's contracts.", no_args_is_help=True)
