"""Finds names that stand for more than one column, and subqueries that yield too many."""

from collections.abc import Container, Iterator

from sqlglot import exp

from lakehouse.sql.spark.refusals.misplaced import Refuse
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.problems import parts
from lakehouse.sql.spark.values.scope import Scope


class Names:
    """Looks at the names and subqueries of one SELECT."""

    def __init__(self, refuse: Refuse, known: set[int], scope: Scope, context: Context) -> None:
        """Take where problems and the ids of columns that are known go, and what names stand for."""
        self._refuse = refuse
        self._known = known
        self._scope = scope
        self._context = context

    def look(self, node: exp.Expr, outputs: Container[str] = ()) -> None:
        """Look at an expression; `outputs` are names that stand for outputs there."""
        for each in _outside_queries(node):
            if isinstance(each, exp.Column) and not isinstance(each.this, exp.Star):
                self._column(each, outputs)
            elif isinstance(each, exp.Query):
                self._subquery(each)

    def _column(self, node: exp.Column, outputs: Container[str]) -> None:
        names = parts(node)
        is_output = len(names) == 1 and names[0] in outputs
        found = None if is_output else self._scope.resolve(names)
        if found is not None and len(found.attributes) > 1:
            self.ambiguous(node, "two sources")
        if is_output or (found is not None and not found.rest):
            self._known.add(id(node))

    def _subquery(self, node: exp.Expr) -> None:
        found = self._context.subquery(node, self._scope)
        if found is None or isinstance(node.parent, exp.Exists):
            return
        count = 1
        if isinstance(node.parent, exp.In):
            left = node.parent.this
            count = len(left.expressions) if isinstance(left, exp.Tuple) else 1
        if len(found) != count:
            allowed = f"{count} column{'s' if count > 1 else ''} in a subquery there"
            self._refuse(node, f"{len(found)} columns", allowed, "select that alone")

    def ambiguous(self, node: exp.Column, where: str) -> None:
        """Refuse a name that stands for more than one column."""
        got = node.sql(dialect="spark", comments=False)
        sources = [each.qualifier[-1] for each in self._scope.sources if each.qualifier]
        name = node.name
        holders = [
            ".".join((each.qualifier[-1], name))
            for each in self._scope.sources
            if each.qualifier and any(one.name == name.lower() for one in each.attributes or ())
        ]
        fix = f"write {' or '.join(holders)}" if holders and sources else "give each a name of its own"
        self._refuse(node, got, f"a name that only one column has; {where} have this one", fix)


def _outside_queries(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what is inside an expression, subqueries themselves and nothing of them."""
    yield node
    if isinstance(node, exp.Query):
        return
    for child in node.iter_expressions():
        yield from _outside_queries(child)
