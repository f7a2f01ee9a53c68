"""`lake audit`: who did what, by the questions that are saved beside the audit trail."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from config.faults import nearest, one_of
from lakehouse.model.dataset import Dataset, Layer
from tools.cli.project import INVALID, AsJson, Root, console, dataset_of, errors, print_json, project_root
from tools.cli.rows import json_rows, print_rows
from tools.lake.health.options import KEPT, Env
from tools.lake.laptop.failing import telling
from tools.lake.laptop.sql import asking_as

if TYPE_CHECKING:
    from tools.sql.athena import Asking, Saved

_PREFIX = "audit: "
_VALUE = re.compile(r"^-- \? (\w+):", re.MULTILINE)
"""A line of a question that says what a question mark stands for."""
_AGO = re.compile(r"(\d+)([dh])")
_ADDRESS = "s3://"


_Question = Annotated[
    str | None, typer.Argument(help="Which question; without one, all are listed.", show_default=False)
]
_Subject = Annotated[
    str | None,
    typer.Argument(
        help="What it is about, if it asks: a dataset or a column of one, a place such as "
        "s3://BUCKET/PREFIX, or part of a key's ARN or of a bucket's name.",
        show_default=False,
    ),
]
_Since = Annotated[
    str, typer.Option("--since", help="How far to look back, in whole days: 7d, 36h, or a date.")
]
_Layer = Annotated[
    Layer | None, typer.Option("--layer", help="Layer of the dataset's table, if not its own.")
]
_As = Annotated[str, typer.Option("--as", help="Persona who asks, in whose work group the questions are.")]


@telling
def audit(
    question: _Question = None,
    subject: _Subject = None,
    *,
    since: _Since = "7d",
    layer: _Layer = None,
    persona: _As = "security_officer",
    env: Env = KEPT,
    rows: Annotated[int, typer.Option("--rows", min=1, max=1000, help="Rows to show.")] = 100,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Ask who did what: who read a table, deleted an object, used a key, changed a grant, was refused.

    Questions are SQL that is saved in Athena beside the audit trail. What was done is recorded within seconds
    on a laptop, within some five minutes on AWS, access logs within hours. CloudTrail tells tables, not
    columns: of a column, those who read its table are told; `lake access` says who of them may see it.

    Exit code 0: there is an answer. 1: Athena refuses or cannot answer, or no lake is running.
    """
    from tools.sql.athena import QueryError  # noqa: PLC0415 (imports Arrow and the parser)

    try:
        asking = asking_as(env, persona, project_root(root))
        saved = asking.saved(_PREFIX)
        if question is None:
            _list(saved, persona, as_json=as_json)
            return
        asked = _known(saved, question)
        answer = asking.ask_saved(asked, _values(asked, asking, subject, layer, _day(since)))
    except QueryError as error:
        errors.print(f"[red]✗[/red] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(INVALID) from error
    if as_json:
        print_json({"question": question, "about": asked.about, "rows": json_rows(answer.rows, rows)})
        return
    console.print(f"[bold]{escape(asked.about)}[/bold]", soft_wrap=True)
    print_rows(console, answer.rows, rows)


def _known(saved: "dict[str, Saved]", question: str) -> "Saved":
    """Return a saved question.

    Raises:
        typer.BadParameter: There is none of this name.
    """
    if question in saved:
        return saved[question]
    fix = nearest(question, list(saved)) if saved else "switch the audit trail on, and deploy"
    allowed = one_of(list(saved)) if saved else "nothing, since no question is saved here"
    raise typer.BadParameter(f"got {question}; allowed: {allowed}; fix: {fix}")


def _list(saved: "dict[str, Saved]", persona: str, *, as_json: bool) -> None:
    if as_json:
        print_json({name: query.about for name, query in saved.items()})
        return
    if not saved:
        console.print(f"no question is saved in the work group of {persona}: is the audit trail deployed?")
    for name, query in saved.items():
        console.print(f"[bold]{name}[/bold]  {escape(query.about)}", soft_wrap=True)


def _day(since: str) -> date:
    """Return the first day.

    Raises:
        typer.BadParameter: It is neither a time ago nor a date.
    """
    if found := _AGO.fullmatch(since):
        ago = timedelta(**{{"d": "days", "h": "hours"}[found[2]]: int(found[1])})
        return (datetime.now(UTC) - ago).date()
    try:
        return date.fromisoformat(since)
    except ValueError as error:
        raise typer.BadParameter(
            f"got {since}; allowed: days or hours ago, or a date; fix: 7d, 36h or 2026-11-30",
            param_hint="--since",
        ) from error


def _values(
    query: "Saved", asking: "Asking", subject: str | None, layer: Layer | None, since: date
) -> list[str]:
    """Return what the question marks stand for, in their order.

    Raises:
        typer.BadParameter: The question is about something, and nothing is told; or the other way round.
    """
    wanted = _VALUE.findall(query.sql)
    if (subject is None) is not ({*wanted} <= {"since"}):
        allowed = "a subject" if subject is None else "no subject"
        raise typer.BadParameter(f"got {subject or 'none'}; allowed: {allowed}; fix: lake audit --help")
    found = {"since": f"{since:%Y/%m/%d}", "key": subject or ""}
    if "table" in wanted or "files" in wanted:
        dataset = _dataset(asking, subject or "")
        place = layer or dataset.layer
        database = asking.naming.database(place, dataset.domain)
        found["table"] = f"%:table/{database}/{dataset.name}"
        found["files"] = f"{asking.naming.bucket(place)}/{dataset.id}/%"
    if "objects" in wanted:
        found["objects"] = _objects(asking, subject or "", layer)
    return [found[name] for name in wanted]


def _objects(asking: "Asking", subject: str, layer: Layer | None) -> str:
    if subject.startswith(_ADDRESS):
        return f"{subject.removeprefix(_ADDRESS)}%"
    dataset = _dataset(asking, subject)
    bucket = asking.naming.bucket(layer) if layer else "%"
    return f"{bucket}/{dataset.id}/%"


def _dataset(asking: "Asking", subject: str) -> Dataset:
    """Return the dataset, of which a column may be named.

    Raises:
        typer.BadParameter: There is none, or it has no such column.
    """
    domain, _, rest = subject.replace("/", ".").partition(".")
    name, _, column = rest.partition(".")
    dataset = dataset_of(asking.lake, f"{domain}/{name}" if name else domain)
    columns = [field.name for field in dataset.fields]
    if column and column not in columns:
        raise typer.BadParameter(
            f"got {column}; allowed: columns of {dataset.id}; fix: {nearest(column, columns)}"
        )
    return dataset
