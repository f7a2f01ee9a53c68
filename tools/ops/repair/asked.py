"""What somebody asks to be repaired, checked before anything is looked at."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

import sqlglot
import typer
from sqlglot import exp
from sqlglot.errors import SqlglotError

from config.faults import nearest, one_of
from lakehouse.model.dataset import Dataset
from lakehouse.targets.iceberg import columns

_PARTS = {"expressions", "where"}
"""Of a query that has nothing beside a condition."""

_DIALECT = "trino"
"""What Athena speaks: https://docs.aws.amazon.com/athena/latest/ug/functions.html"""


@dataclass(frozen=True)
class Asked:
    """One of: a condition of rows of silver, objects of bronze, or a run."""

    where: str = ""
    objects: tuple[str, ...] = ()
    run: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        values = {**asdict(self), "objects": list(self.objects)}
        return {name: value for name, value in values.items() if value}


def asked_of(where: str | None, objects: Collection[str] | None, run: str | None) -> Asked:
    """Return what is asked for.

    Raises:
        typer.BadParameter: It is not exactly one thing.
    """
    options = (("--where", where), ("--objects", objects), ("--run", run))
    given = [name for name, value in options if value]
    if len(given) != 1:
        names = one_of(name for name, _ in options)
        raise typer.BadParameter(f"got {' and '.join(given) or 'none'}; allowed: exactly one of {names}")
    return Asked(where or "", tuple(sorted(set(objects or ()))), run or "")


def check_condition(condition: str, dataset: Dataset) -> None:
    """Refuse what is no condition of single rows of a dataset's silver table.

    Raises:
        typer.BadParameter: It is none; the message names every unknown column.
    """
    allowed = "a condition of one row in Athena's SQL, such as \"amount < 0 AND country = 'DE'\""
    try:
        query = sqlglot.parse_one(f"SELECT 1 WHERE ({condition}\n)", dialect=_DIALECT)
    except (SqlglotError, ValueError) as error:
        problem = str(error).partition("\n")[0]
        raise typer.BadParameter(f"--where: got {condition} ({problem}); allowed: {allowed}") from error
    tree = query.args["where"].this if isinstance(query, exp.Select) else None
    if not isinstance(tree, exp.Paren) or {name for name, each in query.args.items() if each} != _PARTS:
        raise typer.BadParameter(f"--where: got {condition}; allowed: {allowed}")
    if tree.find(exp.Query, exp.AggFunc):
        raise typer.BadParameter(f"--where: got {condition}, which is about more rows; allowed: {allowed}")
    known = [field.name for field in columns(dataset)]
    own = {name.name.lower() for each in tree.find_all(exp.Lambda) for name in each.expressions}
    used = {column.parts[0].name.lower() for column in tree.find_all(exp.Column)} - own
    if unknown := sorted(used - {name.lower() for name in known}):
        fixes = ", ".join(nearest(name, known) for name in unknown)
        raise typer.BadParameter(
            f"--where: got {', '.join(unknown)}; allowed: columns of {dataset.id}, {one_of(known)}; fix: "
            f"{fixes}"
        )
