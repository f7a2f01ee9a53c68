"""`lake dashboards`: the dashboards of an environment as pictures."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from tools.cli.project import INVALID, Root, console, errors, project_root
from tools.lake.health.options import KEPT, Env
from tools.lake.laptop.failing import telling

if TYPE_CHECKING:
    from tools.lake.dashboards.reading import Span

_OUT = ".build/dashboards"
_POINTS = 180
"""Points of a line at most."""

_PERIODS = (60, 300, 900, 3600, 21600, 86400)
"""Seconds of a period, as CloudWatch keeps data."""


class Form(StrEnum):
    """A form of pictures."""

    SVG = "svg"
    PNG = "png"


@telling
def dashboards(
    *,
    env: Env = KEPT,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help=f"Folder of the pictures; without it, {_OUT} of the project.", show_default=False
        ),
    ] = None,
    hours: Annotated[float, typer.Option("--hours", min=0.1, help="How far back they show.")] = 24,
    form: Annotated[Form, typer.Option("--format", help="Form of the pictures.")] = Form.SVG,
    root: Root = None,
) -> None:
    """Draw the dashboards of an environment: a picture of each, with what its widgets show.

    Asks CloudWatch for the dashboards as they are deployed, and for their metrics. Exit code 0: they were
    drawn. 1: the environment has none, or one with widgets of other kinds, no lake is running, or AWS
    refused.
    """
    from tools.lake.dashboards.drawing import svg  # noqa: PLC0415 (imports AWS's libraries)
    from tools.lake.dashboards.reading import Board, NotDrawableError, names, read  # noqa: PLC0415
    from tools.lake.health.lake_asked import asked  # noqa: PLC0415
    from tools.ops.target import acting  # noqa: PLC0415

    project = project_root(root)
    span = _span(hours)

    @acting
    def found() -> list[Board]:
        target = asked(env, project)
        cloudwatch = target.client("cloudwatch")
        return [read(cloudwatch, name, span) for name in names(cloudwatch, target.settings.naming.prefix)]

    try:
        boards = found()
    except NotDrawableError as error:
        errors.print(f"[red]✗[/red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(INVALID) from error
    if not boards:
        errors.print(f"[red]✗[/red] {env} has no dashboards; fix: deploy its stack Observability")
        raise typer.Exit(INVALID)
    folder = out or project / _OUT
    folder.mkdir(parents=True, exist_ok=True)
    for board in boards:
        file = folder / f"{board.name}.{form}"
        _write(file, svg(board, span), form)
        console.print(escape(str(file)), soft_wrap=True)


def _span(hours: float) -> "Span":
    """Return the time up to now, in periods that give each line not too many points."""
    from tools.lake.dashboards.reading import Span  # noqa: PLC0415

    back = timedelta(hours=hours)
    period = next(each for each in _PERIODS if each == _PERIODS[-1] or back.total_seconds() / each <= _POINTS)
    end = datetime.now(UTC)
    return Span(end - back, end, period)


def _write(file: Path, drawn: str, form: Form) -> None:
    if form is Form.SVG:
        file.write_text(drawn, encoding="utf-8")
        return
    import vl_convert  # noqa: PLC0415 (it starts an engine of JavaScript)

    file.write_bytes(vl_convert.svg_to_png(drawn))
