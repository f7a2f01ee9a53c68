"""Finds aggregates and window functions where Spark allows none."""

from collections.abc import Callable

from sqlglot import exp

from lakehouse.sql.spark.refusals.grouping import aggregates, nested, windows, without_over
from lakehouse.sql.spark.values.context import Context

Refuse = Callable[[exp.Expr, str, str, str], None]
"""Takes a place, what was got there, what is allowed, and what to do."""


class Misplaced:
    """Looks at the clauses of one SELECT."""

    def __init__(self, refuse: Refuse, context: Context) -> None:
        """Take where problems go, and what is known of the text."""
        self._refuse = refuse
        self._context = context

    def in_condition(self, node: exp.Expr, clause: str) -> None:
        """Look at WHERE or ON."""
        for each in aggregates(node, self._context):
            fix = "write it in HAVING" if clause == "WHERE" else "aggregate in a subquery"
            self._refuse(each, f"{self._context.name(each)}() in {clause}", "conditions of single rows", fix)
        self._windows(node, clause)

    def in_having(self, node: exp.Expr) -> None:
        """Look at HAVING."""
        self._windows(node, "HAVING")
        self.in_select(node)

    def in_group(self, node: exp.Expr) -> None:
        """Look at one expression of GROUP BY."""
        for each in aggregates(node, self._context):
            got = f"{self._context.name(each)}() in GROUP BY"
            self._refuse(each, got, "expressions of single rows", "remove it from GROUP BY")

    def in_select(self, node: exp.Expr) -> None:
        """Look at one expression of SELECT."""
        for each in nested(node, self._context):
            got = f"{self._context.name(each)}() inside an aggregate"
            self._refuse(each, got, "aggregates of rows", "aggregate once more around a subquery")
        for each in without_over(node, self._context):
            self._refuse(each, f"{self._context.name(each)}() without OVER", "OVER (…)", "add a window")

    def _windows(self, node: exp.Expr, clause: str) -> None:
        for each in windows(node):
            got = f"a window function in {clause}"
            self._refuse(each, got, "window functions in SELECT and ORDER BY", "filter around a subquery")
