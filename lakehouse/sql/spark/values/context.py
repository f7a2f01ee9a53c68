"""What is known of one text of SQL while its parts are looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from lakehouse.sql.spark.types.functions import Function, functions, is_aggregate
from lakehouse.sql.spark.values.calls import Call
from lakehouse.sql.spark.values.scope import Attributes, Scope


@dataclass(frozen=True)
class Context:
    """Calls as they are written, and subqueries."""

    calls: Mapping[int, Call]
    """By where they stand in the text."""
    subquery: Callable[[exp.Expr, Scope], Attributes]
    """Returns the columns of a subquery."""

    def name(self, node: exp.Expr) -> str:
        """Return the name of the function that a node calls; empty if it calls none, or none by its name."""
        if isinstance(node, exp.IgnoreNulls | exp.RespectNulls):
            return ""
        if (call := self.call(node)) is not None:
            return call.name
        if "start" in node.meta or not isinstance(node, exp.Func):
            return ""
        # What the parser reads by rules of its own has no place.
        names = [name.lower() for name in node.sql_names()]
        return next((name for name in names if name in functions()), names[0])

    def call(self, node: exp.Expr) -> Call | None:
        """Return the call that a node is made of; None if that cannot be told."""
        return self.calls.get(node.meta.get("start", -1))

    def function(self, node: exp.Expr) -> Function | None:
        """Return the function of Spark that a node calls."""
        return functions().get(self.name(node))

    def is_aggregate(self, node: exp.Expr) -> bool:
        """Whether a node makes one value of many rows."""
        name = self.name(node)
        if name in functions():
            return is_aggregate(name)
        if isinstance(node, exp.Any):
            # The aggregate, unless it stands for the patterns of LIKE ANY.
            return not isinstance(node.parent, exp.Like | exp.ILike)
        return isinstance(node, exp.AggFunc)

    def is_window_function(self, node: exp.Expr) -> bool:
        """Whether a node calls a function that needs an OVER."""
        function = self.function(node)
        return function is not None and function.group == "window_funcs"

    def is_generator(self, node: exp.Expr) -> bool:
        """Whether a node makes many rows of one."""
        function = self.function(node)
        return function is not None and function.group == "generator_funcs"
