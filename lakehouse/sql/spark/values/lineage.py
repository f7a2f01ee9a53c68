"""Columns of tables whose values an expression holds.

Whatever is computed of the value of a row holds it. What does not: tests, whose result is true or false;
lengths; and aggregates, but for those whose result holds values of single rows (`max`, `first`,
`collect_list` …). Conditions, join keys, orders and groups decide which values are held, and are none.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from lakehouse.model.fields import Map
from lakehouse.sql.spark.types import kinds
from lakehouse.sql.spark.types.functions import yields_values
from lakehouse.sql.spark.types.kinds import Kind
from lakehouse.sql.spark.values import flow
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.flow import Flow
from lakehouse.sql.spark.values.inference import arguments, branches, kind
from lakehouse.sql.spark.values.problems import parts
from lakehouse.sql.spark.values.scope import Scope

_LENGTHS = {
    *("array_size", "bit_length", "cardinality", "char_length", "character_length", "json_array_length"),
    *("len", "length", "octet_length", "size"),
}

_UNTOUCHED = {
    *("array", "array_agg", "coalesce", "collect_list", "collect_set", "explode", "explode_outer"),
    *("greatest", "ifnull", "least", "nvl"),
}
"""Functions whose result holds their arguments as they are, or a list of them, or one of them."""

_FIRST = {
    *("any_value", "array_distinct", "array_sort", "element_at", "first", "first_value", "get", "lag"),
    *("last", "last_value", "lead", "max", "max_by", "min", "min_by", "mode", "nth_value", "nullif", "slice"),
    *("sort_array", "try_element_at"),
}
"""Functions whose result holds their first argument as it is; the others choose, or stand in for none."""


def held(node: exp.Expr, scope: Scope, context: Context) -> Flow:
    """Return the columns whose values an expression holds."""
    return _Lineage(scope, context).held(node)


class _Lineage:
    def __init__(self, scope: Scope, context: Context) -> None:
        self._scope = scope
        self._context = context

    def held(self, node: exp.Expr | None) -> Flow:
        if node is None:
            return flow.NONE
        for classes, told in _RULES:
            if isinstance(node, classes):
                return told(self, node)
        return self._call(node)

    def _inner(self, node: exp.Expr) -> Flow:
        return self.held(node.this)

    def _branches(self, node: exp.Expr) -> Flow:
        return flow.union(map(self.held, branches(node)))

    def _members(self, node: exp.Struct) -> Flow:
        return flow.union(map(self._member, node.expressions))

    def _query(self, node: exp.Expr) -> Flow:
        found = self._context.subquery(node, self._scope)
        return found[0].flow if found else flow.NONE

    def _dot(self, node: exp.Dot) -> Flow:
        if isinstance(node.expression, exp.Identifier):
            return _member(self.held(node.this), kind(node.this, self._scope, self._context), node.name)
        return self._call(node)

    def _column(self, node: exp.Column) -> Flow:
        found = self._scope.resolve(parts(node))
        if found is None or len(found.attributes) > 1:
            return flow.NONE
        result, of = found.attributes[0].flow, found.attributes[0].kind
        for name in found.rest:
            result, of = _member(result, of, name), kinds.member(of, name)
        return result

    def _member(self, node: exp.Expr) -> Flow:
        if isinstance(node, exp.PropertyEQ):
            return flow.within(node.this.name.lower(), self.held(node.expression))
        return flow.within(node.output_name.lower(), self.held(node))

    def _call(self, node: exp.Expr) -> Flow:
        name, function = self._context.name(node), self._context.function(node)
        is_test = function is not None and function.type == "boolean"
        if is_test or name in _LENGTHS or isinstance(node, exp.WithinGroup):
            return flow.NONE
        if self._context.is_aggregate(node) and not yields_values(name):
            return flow.NONE
        if name in _FIRST:
            return self.held(next(arguments(node), None))
        found = flow.union(map(self.held, node.iter_expressions()))
        return found if name in _UNTOUCHED or isinstance(node, exp.Lambda) else flow.mixed(found)


def _member(whole: Flow, of: Kind | None, name: str) -> Flow:
    """Return the flow of a member; an entry of a map, written alike, may hold all that the map does."""
    return whole if isinstance(of, Map) else flow.member(whole, name.lower())


_RULES: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[_Lineage, Any], Flow]], ...] = (
    ((exp.Literal, exp.Predicate, exp.Connector, exp.Not), lambda _, _node: flow.NONE),
    ((exp.Column,), _Lineage._column),
    (
        (exp.Alias, exp.Bracket, exp.Cast, exp.Filter, exp.IgnoreNulls, exp.Paren, exp.Window),
        _Lineage._inner,
    ),
    ((exp.Dot,), _Lineage._dot),
    ((exp.Case, exp.If), _Lineage._branches),
    ((exp.Struct,), _Lineage._members),
    ((exp.Subquery, exp.Select), _Lineage._query),
)
"""What is told of each kind of expression, the first that fits."""
