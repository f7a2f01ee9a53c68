"""Compares the columns that a table has with those that a job is about to write.

A table only ever grows, so after a contract was rolled back, its table has columns and members that the
contract lacks, or wider types. Rows are written all the same: null where the contract has nothing, values in
the types that the table has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lakehouse_etl.contract.types import Decimal, List, Map, Primitive, Struct, Type
from lakehouse_etl.tables.history import TableError

_WIDER = {("int", "long"), ("float", "double")}


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    type: Type | str
    """A text for a type that no contract has."""
    required: bool


def check_fit(table: str, columns: Iterable[Column], expected: Iterable[Column]) -> Sequence[str]:
    """Refuse a table that lacks columns, cannot hold their values, or demands some that the job has none for.

    Returns:
        What the table has beyond what is expected, for people.

    Raises:
        TableError: lists every difference; the data waits in bronze until it is mended.
    """
    got = {column.name: column for column in columns}
    wanted = {column.name: column for column in expected}
    faults = [fault for name, column in wanted.items() if (fault := _fault(got.get(name), column))]
    beyond = [column for name, column in got.items() if name not in wanted]
    faults += [
        f"{column.name}: got a required column; expected none, or an optional one"
        for column in beyond
        if column.required
    ]
    if faults:
        raise TableError(
            f"{table}: {'; '.join(faults)}; fix: deploy the domain, so that table and contract agree; "
            "the data waits where it is"
        )
    wider = [
        f"{name}: {got[name].type}, where the contract has {column.type}"
        for name, column in wanted.items()
        if str(got[name].type) != str(column.type)
    ]
    return [*(f"{column.name}: {column.type}, which the contract lacks" for column in beyond), *wider]


def _fault(got: Column | None, expected: Column) -> str | None:
    if got is None:
        return f"{expected.name}: got no column; expected {expected.type}"
    if not holds(got.type, expected.type):
        return f"{expected.name}: got {got.type}; expected {expected.type}"
    if got.required and not expected.required:
        return f"{expected.name}: got a required column; expected an optional one"
    return None


def holds(one: Type | str, other: Type | str) -> bool:
    """Whether each value of the other type has a place in the one."""
    match one, other:
        case Primitive(), Primitive():
            return one == other or (other.name, one.name) in _WIDER
        case Decimal(), Decimal():
            return one.scale == other.scale and one.precision >= other.precision
        case List(), List():
            return holds(one.element, other.element)
        case Map(), Map():
            return str(one.key) == str(other.key) and holds(one.value, other.value)
        case Struct(), Struct():
            known = {member.name: member.type for member in one.members}
            return all(
                member.name in known and holds(known[member.name], member.type) for member in other.members
            )
    return one == other
