"""UNNEST, and which columns a query has under which names."""

from collections.abc import Container, Mapping

import pyarrow as pa
from sqlglot import exp

from local.patches.athena.trino.calls import call
from local.patches.athena.trino.functions import PREFIX

_MAP_FUNCTIONS = frozenset(
    {f"{PREFIX}{name}" for name in ("map", "map_concat", "split_to_map")}
    | {f"{PREFIX}op_{name}" for name in ("first_of_keys", "all_of_keys", "counts")}
    | {"map_from_entries"}
)
"""Functions of DuckDB, ours among them, that return a map."""


def unnest(node: exp.Unnest, maps: Container[str]) -> exp.Expr | None:
    """What stands for UNNEST: rows become one column per field, maps one of keys and one of values."""
    names = node.args["alias"].columns if node.args.get("alias") else []
    sources = node.expressions
    if len(sources) == 1 and len(names) == 1 and not _is_map(sources[0], maps):
        return None
    offset = node.args.get("offset")
    columns = [_unnested(source, maps, whole=len(names) == len(sources)) for source in sources]
    if offset:
        lengths = [call("len", _list(source, maps)) for source in sources]
        longest = call("greatest", *lengths)
        columns.append(call("unnest", call("generate_series", 1, longest)))
        names = [*names, offset] if isinstance(offset, exp.Expr) else names
    alias = node.args.get("alias")
    named = alias and exp.TableAlias(this=alias.this, columns=names)
    return exp.Lateral(this=exp.Subquery(this=exp.select(*columns)), alias=named)


def _unnested(source: exp.Expr, maps: Container[str], *, whole: bool) -> exp.Expr:
    if whole:
        return call("unnest", _list(source, maps))
    depth = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
    return call("unnest", _list(source, maps), depth)


def _list(source: exp.Expr, maps: Container[str]) -> exp.Expr:
    return call("map_entries", source.copy()) if _is_map(source, maps) else source.copy()


def _is_map(source: exp.Expr, maps: Container[str]) -> bool:
    if isinstance(source, exp.Cast):
        return bool(source.to.this is exp.DType.MAP)
    if isinstance(source, exp.Anonymous):
        return source.name.lower() in _MAP_FUNCTIONS
    return isinstance(source, exp.Column) and source.name.lower() in maps


def name_columns(query: exp.Expr) -> None:
    """Name a query's columns that have no name: `_col0`, `_col1`."""
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select):
        return
    for place, column in enumerate(query.expressions):
        if not isinstance(column, exp.Alias | exp.Column | exp.Dot | exp.Star):
            column.replace(exp.alias_(column.copy(), f"_col{place}"))


def maps(schemas: Mapping[str, pa.Schema]) -> set[str]:
    """Names of columns that are maps."""
    return {field.name.lower() for one in schemas.values() for field in one if pa.types.is_map(field.type)}


def hide(query: exp.Expr, schemas: Mapping[str, pa.Schema]) -> None:
    """Leave hidden columns, whose names begin with a dollar sign, out of `*`.

    Source: https://trino.io/docs/current/connector/hive.html#special-columns
    """
    for select in query.find_all(exp.Select):
        hidden = {table.alias_or_name: _hidden(schemas, table) for table in _read(select)}
        for column in select.expressions if any(hidden.values()) else ():
            star = column.this if isinstance(column, exp.Column) else column
            if isinstance(star, exp.Star):
                named = column.table if isinstance(column, exp.Column) else None
                names = {name for table, found in hidden.items() if named in (None, table) for name in found}
                left_out: list[exp.Expr] = [exp.to_identifier(name, quoted=True) for name in sorted(names)]
                star.set("except_", left_out or None)


def _hidden(schemas: Mapping[str, pa.Schema], table: exp.Table) -> list[str]:
    columns = schemas.get(table.name)
    return [name for name in columns.names if name.startswith("$")] if columns is not None else []


def _read(select: exp.Select) -> list[exp.Table]:
    """The tables that a SELECT names itself, not in a subquery."""
    sources = [select.args.get("from_"), *select.args.get("joins", [])]
    tables: list[exp.Table] = []
    for source in sources:
        if source is not None and isinstance(source.this, exp.Table):
            tables.append(source.this)
            tables += [
                join.this for join in source.this.args.get("joins", []) if isinstance(join.this, exp.Table)
            ]
    return tables
