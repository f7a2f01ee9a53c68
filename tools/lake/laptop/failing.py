"""How commands about the kept lake tell that they cannot go on."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import typer
from rich.markup import escape

from tools.cli.project import INVALID, errors, telling_faults

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
INTERRUPTED = 130


def telling(command: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
    """Make a command print why the lake cannot do what it was asked, and end with `INVALID`."""

    @wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
        from local.emulator.jars import JarsUnavailableError  # noqa: PLC0415 (AWS's libraries are slow to import)
        from local.emulator.launcher import EmulatorError  # noqa: PLC0415
        from local.lake.deployment import DeploymentError  # noqa: PLC0415
        from local.lake.lake import LakeError  # noqa: PLC0415

        try:
            return command(*args, **kwargs)
        except (DeploymentError, EmulatorError, JarsUnavailableError, LakeError) as error:
            errors.print(f"[red]✗[/red] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(INVALID) from error
        except KeyboardInterrupt as error:
            errors.print("\nstopped")
            raise typer.Exit(INTERRUPTED) from error

    return telling_faults(wrapped)
