"""Types of nested JSON values, from what DuckDB finds to be their structure."""

import json
import re
from typing import Any

from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from tools.lake.drafts.names import column_names
from tools.lake.drafts.samples.sample import Rows

_KINDS = {
    "BOOLEAN": Scalar.BOOLEAN,
    "UBIGINT": Scalar.LONG,
    "BIGINT": Scalar.LONG,
    "HUGEINT": Scalar.LONG,
    "DOUBLE": Scalar.DOUBLE,
}
"""By the names of `json_group_structure`; positive and negative integers together count as huge."""

_WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]*")
"""Keys that are names; any others are data, as dates are."""

_MEMBERS_MAX = 40
"""Keys of one type beyond which an object is a map, whose keys are data."""


def nested_type(structure: Any) -> Type:
    """Return the type of a structure; texts, and what has no type of its own, are strings.

    Jobs put the JSON text of any value into a string, so nothing is lost there.
    """
    if isinstance(structure, list):
        return Array(nested_type(structure[0]))
    if not isinstance(structure, dict):
        return _KINDS.get(structure, Scalar.STRING)
    members = {name: nested_type(inner) for name, inner in structure.items()}
    if members and all(map(_WORDS.fullmatch, members)) and len(members) <= _MEMBERS_MAX:
        names = zip(column_names([*members]), members.items(), strict=True)
        return Struct(tuple(member(name, called, kind) for name, (called, kind) in names))
    if len(set(members.values())) == 1:
        return Map(Scalar.STRING, next(iter(members.values())))
    return Scalar.STRING


def member(name: str, called: str, kind: Type) -> Field:
    """Return a member of a struct by its name, with what the source calls it."""
    return Field(name, kind, False, "", physical_name=None if called == name else called)


def fits(values: Rows, name: str, kind: Type) -> bool:
    """Whether every whole number inside the values of a column is one of 64 bits, as the type says."""
    long, any_size = (
        f"""json_transform("{name}", '{json.dumps(_sql(kind, whole))}')""" for whole in ("BIGINT", "HUGEINT")
    )
    return not values.filter(f"{long} IS DISTINCT FROM {any_size}").limit(1).fetchall()


def _sql(kind: Type, whole: str) -> str:
    """Write a type as DuckDB does, with this type for whole numbers."""
    match kind:
        case Array(element):
            return f"{_sql(element, whole)}[]"
        case Map(_, value):
            return f"MAP(VARCHAR, {_sql(value, whole)})"
        case Struct(fields):
            return (
                "STRUCT("
                + ", ".join(f'"{each.source_name}" {_sql(each.type, whole)}' for each in fields)
                + ")"
            )
    return whole if kind is Scalar.LONG else "JSON"
