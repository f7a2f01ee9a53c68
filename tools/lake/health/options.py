"""What commands about a lake that runs are told."""

from typing import Annotated

import typer

KEPT = "local"
"""The environment of the lake that is kept on this machine."""

Env = Annotated[
    str, typer.Option("--env", help="Environment to ask; local is the lake that is kept on this machine.")
]
Days = Annotated[int, typer.Option("--days", min=1, help="How far to look back.")]
