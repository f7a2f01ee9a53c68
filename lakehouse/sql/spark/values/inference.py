"""Types of expressions, as far as they can be told for certain."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlglot import exp

from lakehouse.model.fields import Array, Map, Scalar
from lakehouse.sql.spark.types import arithmetic
from lakehouse.sql.spark.types.functions import WITH_UNIT
from lakehouse.sql.spark.types.kinds import (
    VOID,
    Kind,
    Other,
    common,
    is_number,
    member,
    named,
    of_cast,
    of_literal,
    struct,
)
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.problems import parts
from lakehouse.sql.spark.values.scope import Scope

_SAME = (
    *("any_value", "first", "first_value", "lag", "last", "last_value", "lead", "max", "max_by", "min"),
    *("min_by", "mode", "nth_value", "nullif"),
)
"""Functions whose result has the type of their first argument."""

_COMMON = ("coalesce", "greatest", "ifnull", "least", "nvl")
"""Functions whose result has the common type of their arguments."""

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)


def kind(node: exp.Expr, scope: Scope, context: Context) -> Kind | None:
    """Return the type of an expression; None if it cannot be told."""
    return _Inference(scope, context).kind(node)


class _Inference:
    def __init__(self, scope: Scope, context: Context) -> None:
        self._scope = scope
        self._context = context

    def kind(self, node: exp.Expr | None) -> Kind | None:
        for classes, told in _RULES:
            if isinstance(node, classes):
                return told(self, node)
        if isinstance(node, _ARITHMETIC) and not self._context.name(node):
            return self._arithmetic(node)
        return self._call(node) if isinstance(node, exp.Func | exp.DPipe) else None

    def _inner(self, node: exp.Expr) -> Kind | None:
        return self.kind(node.this)

    def _branches(self, node: exp.Expr) -> Kind | None:
        return common(map(self.kind, branches(node)))

    def _query(self, node: exp.Expr) -> Kind | None:
        found = self._context.subquery(node, self._scope)
        return found[0].kind if found else None

    def _column(self, node: exp.Column) -> Kind | None:
        found = self._scope.resolve(parts(node))
        if found is None or len(found.attributes) > 1:
            return None
        result = found.attributes[0].kind
        for name in found.rest:
            result = member(result, name)
        return result

    def _nested(self, node: exp.Expr) -> Kind | None:
        if isinstance(node, exp.Struct):
            if not all(isinstance(each, exp.PropertyEQ) for each in node.expressions):
                return None
            return struct((each.this.name, self.kind(each.expression)) for each in node.expressions)
        inner = self.kind(node.this)
        if isinstance(node, exp.Dot):
            return member(inner, node.name.lower()) if isinstance(node.expression, exp.Identifier) else None
        if isinstance(inner, Array):
            return inner.element
        return inner.value if isinstance(inner, Map) else None

    def _arithmetic(self, node: exp.Binary) -> Kind | None:
        left, right = self.kind(node.left), self.kind(node.right)
        if left is Scalar.DATE and right is Scalar.INT:
            return Scalar.DATE
        return arithmetic.computed(node, left, right)

    def _call(self, node: exp.Expr) -> Kind | None:
        name, call = self._context.name(node), self._context.call(node)
        if name in WITH_UNIT and (call is None or len(call.arguments) != 2):  # noqa: PLR2004
            return None
        function = self._context.function(node)
        if function is not None and function.type is not None:
            return named(function.type)
        if name in _COMMON or isinstance(node, exp.Coalesce):
            return common(map(self.kind, arguments(node)))
        of_first = _OF_FIRST.get(name)
        return of_first(self.kind(next(arguments(node), None))) if of_first else None


def _list_of(kind: Kind | None) -> Kind | None:
    return None if kind is None or isinstance(kind, Other) else Array(kind)


def _same_number(kind: Kind | None) -> Kind | None:
    return kind if kind is not None and kind is not VOID and is_number(kind) else None


_OF_FIRST: dict[str, Callable[[Kind | None], Kind | None]] = {
    **dict.fromkeys(_SAME, lambda kind: kind),
    **dict.fromkeys(("array_agg", "collect_list", "collect_set"), _list_of),
    **dict.fromkeys(("abs", "negative", "positive"), _same_number),
    **dict.fromkeys(("avg", "mean"), arithmetic.averaged),
    "sum": arithmetic.summed,
}
"""Types of results by those of first arguments."""

_RULES: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[_Inference, Any], Kind | None]], ...] = (
    ((exp.Column,), _Inference._column),
    ((exp.Literal,), lambda _, node: of_literal(node)),
    ((exp.Boolean, exp.Predicate, exp.Connector, exp.Not), lambda _, _node: Scalar.BOOLEAN),
    ((exp.Null,), lambda _, _node: VOID),
    ((exp.Cast,), lambda _, node: of_cast(node.to)),
    ((exp.Alias, exp.Paren, exp.Neg, exp.Filter, exp.IgnoreNulls, exp.Window), _Inference._inner),
    ((exp.Case, exp.If), _Inference._branches),
    ((exp.Subquery, exp.Select), _Inference._query),
    ((exp.Dot, exp.Bracket, exp.Struct), _Inference._nested),
)
"""What is told of each kind of expression, the first that fits."""


def branches(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what a CASE or IF may result in."""
    if isinstance(node, exp.Case):
        yield from (branch.args["true"] for branch in node.args["ifs"])
        if (default := node.args.get("default")) is not None:
            yield default
        return
    yield from (node.args[key] for key in ("true", "false") if node.args.get(key) is not None)


def arguments(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the arguments of a call; which of them is the first, the parser keeps."""
    for value in node.args.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, exp.Expr) and not isinstance(each, exp.Var | exp.DataType):
                yield each
