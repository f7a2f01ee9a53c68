"""Columns of what stands in FROM: tables, subqueries, joins, lateral views, pivots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from lakehouse.model.fields import Type
from lakehouse.sql.spark.types.kinds import common
from lakehouse.sql.spark.values import flow, lineage
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.generators import generated
from lakehouse.sql.spark.values.scope import Attribute, Attributes, Scope, Source, renewed

Tables = Mapping[str, Mapping[str, Type]]
"""Types of columns by table and column, tables by the names that the SQL has for them."""

Ctes = Mapping[str, Attributes]
"""Columns of common table expressions by name."""

Query = Callable[[exp.Expr, Ctes, Scope | None], Attributes]
"""Returns the columns of a query."""

_ONE_SIDED = ("SEMI", "ANTI")


class Relations:
    """Reads the sources of one SELECT into its scope."""

    def __init__(self, tables: Tables, ctes: Ctes, scope: Scope, context: Context, query: Query) -> None:
        """Take what is known of tables and common table expressions, and the scope to fill."""
        self._tables = tables
        self._ctes = ctes
        self._scope = scope
        self._context = context
        self._query = query

    def read(self, select: exp.Expr, condition: Callable[[exp.Expr], None]) -> None:
        """Add every source; `condition` is called with each ON while exactly its two sides are known."""
        start = select.args.get("from_")
        if start is not None:
            self._add(start.this)
            self._joins(start.this, condition)
        self._joins(select, condition)
        for lateral in select.args.get("laterals") or ():
            self._lateral(lateral)

    def _joins(self, node: exp.Expr, condition: Callable[[exp.Expr], None]) -> None:
        for join in node.args.get("joins") or ():
            before = self._scope.visible
            self._add(join.this)
            self._joins(join.this, condition)
            if (on := join.args.get("on")) is not None:
                condition(on)
            if join.kind in _ONE_SIDED:
                self._scope.visible = before
                self._scope.sources.pop()
            elif names := self._shared(join, before):
                self._merge(names, before or (), join.side)

    def _shared(self, join: exp.Join, before: Attributes) -> list[str]:
        """Return the names of the columns that USING or NATURAL makes one of."""
        if join.args.get("using"):
            return [name.name.lower() for name in join.args["using"]]
        if join.method != "NATURAL" or before is None or self._scope.visible is None:
            return []
        after = self._scope.visible[len(before) :]
        names = {each.name for each in after}
        return [each.name for each in before if each.name in names]

    def _merge(self, names: Sequence[str], before: Sequence[Attribute], side: str) -> None:
        if self._scope.visible is None:
            return
        left, right = self._scope.visible[: len(before)], self._scope.visible[len(before) :]
        merged = []
        for name in names:
            pair = [each for half in (left, right) for each in half if each.name == name]
            if side == "FULL":
                kind = common(each.kind for each in pair)
                merged.append(Attribute(name, kind, flow.union(each.flow for each in pair)))
            else:
                merged += pair[-1:] if side == "RIGHT" else pair[:1]
        others = [each for each in (*left, *right) if each.name not in names]
        self._scope.visible = (*merged, *others)

    def _add(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Lateral):
            self._lateral(node)
            return
        source = self._source(node)
        self._scope.sources.append(source)
        visible = self._scope.visible
        known = visible is not None and source.attributes is not None
        self._scope.visible = (*visible, *source.attributes) if known else None  # type: ignore[misc]

    def _source(self, node: exp.Expr) -> Source:
        attributes = self._pivoted(node, self._attributes(node))
        alias = node.args.get("alias")
        name = node.alias.lower() if alias is not None else ""
        if name:
            return Source((name,), aliased(attributes, alias))
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            return Source(tuple(part.name.lower() for part in node.parts), attributes)
        return Source((), aliased(attributes, alias))

    def _attributes(self, node: exp.Expr) -> Attributes:
        if isinstance(node, exp.Table):
            if not isinstance(node.this, exp.Identifier):
                return None
            if not node.db and node.name.lower() in self._ctes:
                return renewed(self._ctes[node.name.lower()])
            name = ".".join(part.name for part in node.parts).lower()
            columns = self._tables.get(name)
            if columns is None:
                return None
            return tuple(
                Attribute(each.lower(), kind, flow.column(name, each)) for each, kind in columns.items()
            )
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            return self._query(node, self._ctes, None)
        return None

    def _pivoted(self, node: exp.Expr, attributes: Attributes) -> Attributes:
        pivots = node.args.get("pivots") or ()
        if not pivots or attributes is None:
            return attributes
        if len(pivots) > 1 or pivots[0].unpivot or len(pivots[0].expressions) != 1:
            return None
        (pivot,) = pivots
        used = {column.name.lower() for column in pivot.find_all(exp.Column)}
        inner = Scope(None, [Source((), attributes)], attributes)
        held = lineage.held(pivot.expressions[0], inner, self._context)
        values = [each for field in pivot.fields for each in field.expressions]
        made = [Attribute((each.alias or each.name).lower(), None, held) for each in values]
        return (*(each for each in attributes if each.name not in used), *made)

    def _lateral(self, node: exp.Lateral) -> None:
        alias = node.args.get("alias")
        if isinstance(node.this, exp.Subquery):
            attributes = aliased(self._query(node.this, self._ctes, self._scope), alias)
        else:
            names = [each.name.lower() for each in alias.columns] if alias is not None else []
            attributes = tuple(generated(node.this, names, self._scope, self._context)) if names else None
        name = node.alias.lower() if alias is not None else ""
        self._scope.sources.append(Source((name,) if name else (), attributes))
        known = self._scope.visible is not None and attributes is not None
        self._scope.visible = (*self._scope.visible, *attributes) if known else None  # type: ignore[misc]


def aliased(attributes: Attributes, alias: exp.Expr | None) -> Attributes:
    """Return the columns under the names that an alias gives them."""
    names = [each.name.lower() for each in alias.columns] if isinstance(alias, exp.TableAlias) else []
    if attributes is None or not names or len(names) != len(attributes):
        return attributes if not names else None
    return tuple(replace(each, name=name) for each, name in zip(attributes, names, strict=True))
