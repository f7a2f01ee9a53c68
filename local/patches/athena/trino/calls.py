"""Calls of functions as nodes of a query's tree."""

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from local.patches.athena.trino.functions import PREFIX

_AROUND = (exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.Window)


class UnknownFunctionError(ValueError):
    """The query calls a function that the laptop's Athena does not have."""

    def __init__(self, call: exp.Func) -> None:
        """Tell the name and where it stands, as Trino does."""
        name = str(call.this if isinstance(call, exp.Anonymous) else call.sql_name()).lower()
        line, last = call.meta.get("line", 1), call.meta.get("col", len(name))
        place = f"line {line}:{last - len(name) + 1}"
        super().__init__(f"FUNCTION_NOT_FOUND: {place}: Function '{name}' not registered")


def call(name: str, *arguments: Any) -> exp.Anonymous:
    """A call of a function of DuckDB; arguments are nodes, numbers or text."""
    return exp.Anonymous(this=name, expressions=[exp.convert(argument) for argument in arguments])


def macro(name: str, *arguments: Any) -> exp.Anonymous:
    """A call of one of our macros."""
    return call(PREFIX + name, *arguments)


@dataclass(frozen=True)
class Aggregate:
    """A call of an aggregate or window function with what belongs to it: FILTER, IGNORE NULLS, OVER."""

    node: exp.Anonymous

    @property
    def outermost(self) -> exp.Expr:
        """The node that stands for the result."""
        node: exp.Expr = self.node
        while isinstance(node.parent, _AROUND) and node.arg_key == "this":
            node = node.parent
        return node

    @property
    def arguments(self) -> list[exp.Expr]:
        """The arguments, without DISTINCT and ORDER BY."""
        return self._parts[0]

    def over(self, name: str, *arguments: Any) -> exp.Expr:
        """The result of a function of DuckDB with other arguments, over the same rows in the same order."""
        _, distinct, order = self._parts
        given = [exp.convert(argument, copy=True) for argument in arguments]
        if distinct:
            given[0] = exp.Distinct(expressions=[given[0]])
        if order:
            given[-1] = exp.Order(this=given[-1], expressions=[one.copy() for one in order])
        result = self.outermost.copy()
        inner = result
        while isinstance(inner, _AROUND):
            inner = inner.this
        new = exp.Anonymous(this=name, expressions=given)
        if inner is result:
            return new
        inner.replace(new)
        return result

    @property
    def _parts(self) -> tuple[list[exp.Expr], bool, list[exp.Expr]]:
        arguments: list[exp.Expr] = list(self.node.expressions)
        order: list[exp.Expr] = []
        distinct = False
        if arguments and isinstance(last := arguments[-1], exp.Order):
            arguments[-1], order = last.this, last.expressions
        if arguments and isinstance(first := arguments[0], exp.Distinct):
            arguments[:1], distinct = first.expressions, True
        return arguments, distinct, order
