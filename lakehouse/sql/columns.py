"""Finds columns and members that a query names and no table has, before Spark would.

What cannot be told is left to Spark: a name is reported only if all that it could come from is known.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.resolver import Resolver
from sqlglot.optimizer.scope import Scope, traverse_scope, walk_in_scope
from sqlglot.schema import MappingSchema

from lakehouse.model.fields import Array, Map, Struct, Type
from lakehouse.sql.parse import DIALECT, parse

_WORDS = {"grouping__id", "localtimestamp", "session_user", "user"}
"""Words that Spark takes for functions, though no parentheses follow."""

_HIDDEN = {
    *("_deleted", "_file", "_metadata", "_partition", "_pos", "_spec_id"),
    *("session_window", "window"),
}
"""Columns that Iceberg and Spark offer beside those of a table, and groups that they make of time."""

_UNNAMED = "_col_"
"""Start of the names that sqlglot gives to expressions; only Spark knows the names that they get."""

Tables = Mapping[str, Mapping[str, Type]]

_Unknown = tuple[exp.Identifier, Iterable[str]]
"""A name that stands for nothing, and what would be known in its place."""


@dataclass(frozen=True, order=True)
class UnknownColumn:
    """A name in a query that stands for nothing."""

    line: int
    """From 1."""
    name: str
    """The column, member or table alias, without what stands before it."""
    allowed: tuple[str, ...]
    """Names that would stand for something there, sorted."""


def unknown_columns(sql: str, tables: Tables) -> list[UnknownColumn]:
    """Return the unknown names in one query, in the order of the text; none where it cannot be told.

    Args:
        sql: one query of Spark SQL.
        tables: types of columns by table and column, tables by the names that the SQL has for them, which
            all have the same number of parts. Any other table is taken to have any column.

    Raises:
        SqlError: it is anything but one query.
    """
    query = parse(sql).copy()
    if query.find(exp.Pivot):
        return []
    schema = _schema(tables)
    try:
        query = qualify(
            query,
            dialect=DIALECT,
            schema=schema,
            allow_partial_qualification=True,
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        parts = [_Part(scope, schema) for scope in traverse_scope(query)]
    except SqlglotError:
        return []
    unknown = [each for part in parts for each in (*part.columns(), *_members(part.scope, tables))]
    unclear = {name.meta.get("start") for part in parts for name in part.unclear()}
    found = {name.meta["start"]: (name, allowed) for name, allowed in unknown if "start" in name.meta}
    return [
        UnknownColumn(sql.count("\n", 0, start) + 1, name.name, tuple(sorted(allowed)))
        for start, (name, allowed) in sorted(found.items())
        if start not in unclear
    ]


def _schema(tables: Tables) -> MappingSchema:
    schema = MappingSchema(dialect=DIALECT)
    for name, columns in tables.items():
        schema.add_table(name, dict.fromkeys(columns, "unknown"))
    return schema


class _Part:
    """A SELECT, or another part of a query that has columns."""

    def __init__(self, scope: Scope, schema: MappingSchema) -> None:
        resolver = Resolver(scope, schema)
        self.scope = scope
        self._sources = {name: set(resolver.get_source_columns(name)) for name in scope.sources}
        self._around = _Part(scope.parent, schema) if scope.parent and scope.can_be_correlated else None

    def columns(self) -> Iterator[_Unknown]:
        """Yield columns that no source has, and aliases that no source bears."""
        known, aliases = self._known(), self._aliases()
        for column in self._all_columns():
            source = self._sources.get(column.table)
            if source is not None:
                # A column may bear the name of its table's alias, and have members.
                is_member = column.table in known
                if _are_known(source) and not is_member and column.name not in source | _HIDDEN:
                    yield column.this, source
            elif column.table:
                # An output may be a struct that a later output takes a member of.
                if not column.db and column.table not in {*aliases, *self._outputs(), *_HIDDEN}:
                    yield column.args["table"], aliases | known
            elif column.name not in known | _HIDDEN | _WORDS:
                yield column.this, known

    def unclear(self) -> Iterator[exp.Expr]:
        """Yield the names that may come from where nothing is known."""
        if not self._is_closed():
            yield from (each.parts[0] for each in self._all_columns() if each.table not in self._sources)
        order = self.scope.expression.args.get("order")
        if order and any(name.startswith(_UNNAMED) for name in self._outputs()):
            yield from (each.this for each in order.find_all(exp.Column))

    def _all_columns(self) -> list[exp.Column]:
        """Return its columns, and those of subqueries that may mean its sources."""
        having = self.scope.expression.args.get("having")
        inside = [node for node in walk_in_scope(having) if isinstance(node, exp.Column)] if having else []
        outputs = self._outputs()
        return [*self.scope.columns, *(each for each in inside if each.table or each.name not in outputs)]

    def _outputs(self) -> list[str]:
        query = self.scope.expression
        return query.named_selects if isinstance(query, exp.Query) else []

    def _known(self) -> set[str]:
        around = self._around._known() if self._around else set()
        # What UNION and the like are ordered by are their outputs.
        own = self._outputs() if isinstance(self.scope.expression, exp.SetOperation) else ()
        return around.union(own, *self._sources.values())

    def _aliases(self) -> set[str]:
        around = self._around._aliases() if self._around else set()
        return around.union(self._sources)

    def _is_closed(self) -> bool:
        return all(map(_are_known, self._sources.values())) and (
            not self._around or self._around._is_closed()
        )


def _are_known(columns: set[str]) -> bool:
    return bool(columns) and not any(name == "*" or name.startswith(_UNNAMED) for name in columns)


def _members(scope: Scope, tables: Tables) -> Iterator[_Unknown]:
    """Yield members that no struct of a table has."""
    for dot in scope.find_all(exp.Dot):
        kind = _type(dot.this, scope, tables)
        kind = kind.element if isinstance(kind, Array) else kind
        if isinstance(kind, Struct) and isinstance(dot.expression, exp.Identifier):
            names = {field.name for field in kind.fields}
            if dot.name not in names:
                yield dot.expression, names


def _type(node: exp.Expr, scope: Scope, tables: Tables) -> Type | None:
    """Return the type of a column or of what is inside; None where it is not known."""
    match node:
        case exp.Column():
            source = scope.sources.get(node.table)
            name = ".".join(part.name for part in source.parts) if isinstance(source, exp.Table) else ""
            return tables.get(name, {}).get(node.name)
        case exp.Paren():
            return _type(node.this, scope, tables)
        case exp.Bracket():
            kind = _type(node.this, scope, tables)
            return kind.element if isinstance(kind, Array) else kind.value if isinstance(kind, Map) else None
        case exp.Dot():
            return _member(_type(node.this, scope, tables), node.name)
    return None


def _member(kind: Type | None, name: str) -> Type | None:
    """Return the type of a member; the members of an array's structs are an array."""
    match kind:
        case Struct(fields):
            return next((field.type for field in fields if field.name == name), None)
        case Array(Struct() as element):
            member = _member(element, name)
            return None if member is None else Array(member)
        case Map(_, value):
            return value
    return None
