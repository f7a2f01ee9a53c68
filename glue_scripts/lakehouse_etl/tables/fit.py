"""Compares the columns that a table has with those that a job is about to write."""

from collections.abc import Iterable
from dataclasses import dataclass

from lakehouse_etl.tables.history import TableError


@dataclass(frozen=True)
class Column:
    """A column of a table, as people read it."""

    name: str
    type: str
    required: bool


def check_fit(table: str, columns: Iterable[Column], expected: Iterable[Column]) -> None:
    """Refuse a table that lacks columns, has other types, or demands values that the job has none for.

    Raises:
        TableError: lists every difference; the data waits in bronze until it is mended.
    """
    got = {column.name: column for column in columns}
    wanted = {column.name: column for column in expected}
    faults = [fault for name, column in wanted.items() if (fault := _fault(got.get(name), column))]
    faults += [
        f"{name}: got a required column; expected none, or an optional one"
        for name, column in got.items()
        if name not in wanted and column.required
    ]
    if faults:
        raise TableError(
            f"{table}: {'; '.join(faults)}; fix: deploy the domain, so that table and contract agree; "
            "the data waits where it is"
        )


def _fault(got: Column | None, expected: Column) -> str | None:
    if got is None:
        return f"{expected.name}: got no column; expected {expected.type}"
    if got.type != expected.type:
        return f"{expected.name}: got {got.type}; expected {expected.type}"
    if got.required and not expected.required:
        return f"{expected.name}: got a required column; expected an optional one"
    return None
