"""`lake sql`: a question to Athena, or a prompt for many."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from config.settings import Settings
from tools.cli.project import INVALID, AsJson, Root, console, count, errors, print_json, project_root
from tools.cli.rows import json_rows, print_rows
from tools.lake.health.options import KEPT, Env
from tools.lake.laptop.failing import telling
from tools.lake.laptop.personas import known

if TYPE_CHECKING:
    from tools.sql.athena import Asking

_ROWS = 100


@telling
def sql(
    statement: Annotated[
        str | None,
        typer.Argument(
            help="SQL of Athena; - reads it from standard input; without it, a prompt.", show_default=False
        ),
    ] = None,
    *,
    persona: Annotated[
        str | None,
        typer.Option("--as", help="Persona who asks; without it, the first one of the environment."),
    ] = None,
    env: Env = KEPT,
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000, help="Rows to show.")] = _ROWS,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Ask Athena as a persona: in its work group, under its role, so that it sees what the persona may see.

    Tables may be named as SQL of products names them, `<layer>_<domain>.<dataset>`. Without a statement, a
    prompt reads statements that end with a semicolon or an empty line, with history, and completion by Tab.
    On AWS the persona's role is assumed with your own credentials.

    Exit code 0: there is an answer. 1: Athena refuses or cannot answer, or no lake is running.
    """
    from tools.sql.athena import QueryError  # noqa: PLC0415 (imports Arrow and the parser)

    try:
        asking = asking_as(env, persona, project_root(root))
        if statement is None and sys.stdin.isatty():
            _ask_many(asking, rows)
            return
        text = sys.stdin.read() if statement in (None, "-") else str(statement)
        answer = asking.ask(text)
    except QueryError as error:
        errors.print(f"[red]✗[/red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(INVALID) from error
    if as_json:
        print_json({"persona": asking.persona, "rows": json_rows(answer.rows, rows)})
    else:
        print_rows(console, answer.rows, rows)


def asking_as(env: str, persona: str | None, project: Path) -> "Asking":
    """Return who asks the lake of an environment, without a name the first persona.

    Raises:
        QueryError: AWS does not let this user act as the persona.
        typer.BadParameter: There is no such persona.
    """
    from tools.sql.athena import Asking, of_aws  # noqa: PLC0415 (imports Arrow and the parser)

    def chosen(settings: Settings) -> str:
        return known(settings, persona) if persona else next(iter(settings.people.personas))

    if env != KEPT:
        return of_aws(env, chosen, project)
    from tools.lake.laptop.connected import connected  # noqa: PLC0415 (imports AWS's libraries)

    lake = connected(project)
    name = chosen(lake.settings)
    return Asking(lake.session_as(name).client("athena"), name, lake.lake, lake.naming)


def _ask_many(asking: "Asking", rows: int) -> None:
    from tools.sql.athena import QueryError  # noqa: PLC0415 (imports Arrow and the parser)
    from tools.sql.names import words  # noqa: PLC0415
    from tools.sql.prompt import prompt  # noqa: PLC0415

    def answer(statement: str) -> None:
        try:
            found = asking.ask(statement)
        except QueryError as error:
            console.print(f"[red]✗[/red] {escape(str(error))}", soft_wrap=True)
            return
        print_rows(console, found.rows, rows)
        told = f"{count(found.rows.num_rows, 'row')}, {found.scanned:,} bytes, {found.seconds:.1f} s"
        console.print(f"[dim]{told}[/dim]")

    ends = "a semicolon or an empty line ends a statement, Ctrl-D the prompt"
    console.print(f"asking as {asking.persona}: {ends}")
    prompt(answer, words(asking.lake))
