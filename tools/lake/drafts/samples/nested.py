"""Types of nested JSON values, from what DuckDB finds to be their structure."""

import json
from typing import Any

from lakehouse.model.fields import Array, Field, Map, Scalar, Struct, Type
from lakehouse.odcs.names import NAME
from tools.lake.drafts.samples.sample import Rows

_KINDS = {
    "BOOLEAN": Scalar.BOOLEAN,
    "UBIGINT": Scalar.LONG,
    "BIGINT": Scalar.LONG,
    "HUGEINT": Scalar.LONG,
    "DOUBLE": Scalar.DOUBLE,
}
"""By the names of `json_group_structure`; positive and negative integers together count as huge."""

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
    named = all(map(NAME.fullmatch, members))
    if named and len(members) <= _MEMBERS_MAX:
        return Struct(tuple(Field(name, kind, False, "") for name, kind in members.items()))
    if len(set(members.values())) == 1:
        return Map(Scalar.STRING, next(iter(members.values())))
    return Scalar.STRING


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
            return "STRUCT(" + ", ".join(f'"{each.name}" {_sql(each.type, whole)}' for each in fields) + ")"
    return whole if kind is Scalar.LONG else "JSON"
