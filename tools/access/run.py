"""What `lake access` does, apart from its words on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.markup import escape

from config.faults import nearest, one_of
from config.load import load_settings
from config.naming import Naming
from lakehouse.model.dataset import Lake, Layer
from lakehouse.odcs.lake.load import load_lake
from tools.access import told
from tools.access.changes import Change, changes
from tools.access.matrix import Matrix, Rows
from tools.access.why import why
from tools.assembly.assembly import Assembly
from tools.assembly.folder import synthesized
from tools.cli.project import console, count, print_json
from tools.lake.revision import Revision


@dataclass(frozen=True)
class Subject:
    """An environment, and what is going to be deployed of it."""

    matrix: Matrix
    lake: Lake
    naming: Naming

    @property
    def names(self) -> dict[str, str]:
        """How people call the tables of datasets."""
        databases = {
            (layer, domain): self.naming.database(layer, domain)
            for layer in Layer
            for domain in self.lake.domains
        }
        return told.labels(self.lake, databases)


def load(environment: str, root: Path, templates: Path | None) -> Subject:
    """Read an environment, synthesized unless its assembly is there."""
    naming = load_settings(environment, root).naming
    with _folder(environment, root, templates) as folder:
        return Subject(Matrix(Assembly.of_folder(folder)), load_lake(root), naming)


@contextmanager
def _folder(environment: str, root: Path, templates: Path | None) -> Iterator[Path]:
    if templates is not None:
        yield templates
        return
    with synthesized(environment, root) as folder:
        yield folder


def cells(lake: Lake, naming: Naming, templates: Path) -> dict[str, dict[str, dict[str, Rows]]]:
    """Return the rows that people read of the columns of each dataset's own table, by person and dataset.

    Other accounts are among the people, and their tables, which are linked here, among the datasets.
    """
    matrix = Matrix(Assembly.of_folder(templates))
    ids = {f"{naming.database(each.layer, each.domain)}.{each.name}": each.id for each in lake.datasets}
    ids |= {str(each): each.title for each in matrix.tables if each.owner}
    found: dict[str, dict[str, dict[str, Rows]]] = {
        role.removeprefix(f"{naming.prefix}-"): {} for role in (*matrix.people, *matrix.accounts)
    }
    for row in matrix.rows():
        person = row.role.removeprefix(f"{naming.prefix}-")
        if person in found and row.table in ids:
            found[person][ids[row.table]] = dict(row.cells)
    return found


def show(subject: Subject, *, as_json: bool) -> None:
    """Print the matrix."""
    rows = list(subject.matrix.rows())
    if as_json:
        print_json(told.document(rows))
        return
    console.print(told.drawn(subject.matrix, rows, subject.names, subject.naming.prefix))
    console.print(
        f"[dim]{count(len(subject.matrix.tables), 'table')}, {count(len(subject.matrix.roles), 'role')}; "
        "--json tells every column, and what pipelines can do[/dim]",
        soft_wrap=True,
    )


def explain(subject: Subject, principal: str, dataset: str, column: str) -> None:
    """Print why somebody reads a column, or why not.

    Raises:
        typer.BadParameter: There is no such role, table or column.
    """
    matrix = subject.matrix
    roles = {role.resource.name.removeprefix(f"{subject.naming.prefix}-"): role for role in matrix.roles}
    names = {label: table for table, label in subject.names.items()}
    tables = {str(table): table for table in matrix.tables}
    role = roles.get(principal.replace("_", "-"))
    table = tables.get(names.get(dataset, dataset))
    if role is None:
        people = [name.removeprefix(f"{subject.naming.prefix}-") for name in matrix.people]
        raise _unknown(principal, people, ", or the whole name of another role")
    if table is None:
        raise _unknown(dataset, list(names), ", or DATABASE.TABLE")
    if column not in table.columns:
        raise _unknown(column, list(table.columns))
    for line in why(matrix, role, table, column):
        console.print(line, markup=False, soft_wrap=True)


def _unknown(got: str, known: list[str], more: str = "") -> typer.BadParameter:
    return typer.BadParameter(f"got {got}; allowed: {one_of(known)}{more}; fix: {nearest(got, known)}")


def against(subject: Subject, environment: str, root: Path, ref: str) -> list[Change]:
    """Return what changed since a revision, whose own code makes its templates."""
    with (
        Revision.find(root, ref).checked_out_whole() as former,
        synthesized(environment, former, checked=False) as folder,
    ):
        before = list(Matrix(Assembly.of_folder(folder)).rows())
    return changes(before, list(subject.matrix.rows()))


def show_changes(found: list[Change], subject: Subject, *, as_json: bool) -> bool:
    """Print changes, and return whether anybody can do more than before."""
    if as_json:
        print_json([{**vars(each)} for each in found])
    else:
        names = subject.names
        for each in found:
            style = "red" if each.widens else "green"
            role = each.role.removeprefix(f"{subject.naming.prefix}-")
            sign = "+" if each.widens else "-"
            line = f"{sign} {role} {each.text} {names.get(each.table, each.table)}"
            console.print(f"[{style}]{escape(line)}[/{style}]", soft_wrap=True)
        widened = sum(each.widens for each in found)
        console.print(f"{count(widened, 'right')} more, {len(found) - widened} less")
    return any(each.widens for each in found)
