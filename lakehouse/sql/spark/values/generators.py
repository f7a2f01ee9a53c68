"""Columns of what makes many rows of one: `explode`, `inline`, `stack` and the like."""

from collections.abc import Sequence

from sqlglot import exp

from lakehouse.model.fields import Array, Map, Struct
from lakehouse.sql.spark.types.kinds import Kind
from lakehouse.sql.spark.values import flow
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.inference import arguments, kind
from lakehouse.sql.spark.values.lineage import held
from lakehouse.sql.spark.values.scope import Attribute, Scope


def generated(node: exp.Expr, names: Sequence[str], scope: Scope, context: Context) -> list[Attribute]:
    """Return the columns that a generator makes, under these names; fewer if there are more names."""
    name = context.name(node).removesuffix("_outer")
    values = list(arguments(node))
    if name == "stack" and values and values[0].name.isdigit():
        return _stacked(values[1:], names, scope, context)
    argument = kind(values[0], scope, context) if values else None
    whole = flow.union(held(value, scope, context) for value in values)
    if name == "inline" and isinstance(argument, Array) and isinstance(argument.element, Struct):
        members = argument.element.fields
        return [
            Attribute(new, member.type, flow.member(whole, member.name.lower()))
            for new, member in zip(names, members, strict=False)
        ]
    if name in ("explode", "posexplode"):
        kinds = _elements(argument, len(names) - (name == "posexplode"))
        made = [(each, whole) for each in kinds]
        if name == "posexplode":
            made.insert(0, (None, flow.NONE))
        return [Attribute(new, *each) for new, each in zip(names, made, strict=False)]
    return [Attribute(new, None, flow.mixed(whole)) for new in names]


def _elements(argument: Kind | None, count: int) -> list[Kind | None]:
    match argument:
        case Array(element):
            return [element]
        case Map(key, value):
            return [key, value]
    return [None] * count


def _stacked(
    values: Sequence[exp.Expr], names: Sequence[str], scope: Scope, context: Context
) -> list[Attribute]:
    width = len(names)
    return [
        Attribute(name, None, flow.union(held(value, scope, context) for value in values[at::width]))
        for at, name in enumerate(names)
    ]
