"""Finds columns beside aggregates that are not grouped by, and aggregates where none can be."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlglot import exp

from lakehouse.model.fields import Map
from lakehouse.sql.spark.values.context import Context
from lakehouse.sql.spark.values.problems import inside, parts
from lakehouse.sql.spark.values.scope import Scope

Key = frozenset[tuple[object, int]]
"""What an expression is made of, in whatever order: what Spark holds for equal has equal keys."""


class Grouping:
    """The groups of one SELECT."""

    def __init__(self, select: exp.Select, scope: Scope, context: Context) -> None:
        """Take a SELECT and what its names stand for."""
        self._select = select
        self._scope = scope
        self._context = context
        self._group = select.args.get("group")
        self._items = {
            each.alias.lower(): each.this for each in select.selects if isinstance(each, exp.Alias)
        }
        self._keys = {self._key(each) for each in self.expressions()}

    @property
    def is_grouped(self) -> bool:
        """Whether the SELECT makes one row of many."""
        having = self._select.args.get("having")
        return bool(self._group or having) or any(map(self._aggregates, self._select.selects))

    @property
    def by_all(self) -> bool:
        """Whether Spark chooses the groups."""
        return self._group is not None and bool(self._group.args.get("all"))

    def expressions(self) -> list[exp.Expr]:
        """Return what is grouped by, with outputs in place of their names and numbers."""
        return [self._meant(each) for each in _listed(self._group)] if self._group is not None else []

    def numbers(self) -> Iterator[exp.Expr]:
        """Yield the numbers of outputs in GROUP BY."""
        if self._group is not None:
            yield from (each for each in _listed(self._group) if _is_number(each))

    def loose(self, node: exp.Expr, outputs: Iterable[str] = ()) -> Iterator[exp.Column]:
        """Yield the columns of the sources that are neither grouped by nor aggregated.

        Args:
            node: An expression of SELECT, HAVING or ORDER BY.
            outputs: Names that stand for outputs there, whatever the sources have.
        """
        if isinstance(node, exp.Query) or self._key(node) in self._keys:
            return
        if isinstance(node, exp.Column):
            if self._is_loose(node, outputs):
                yield node
        elif isinstance(node, exp.Window):
            yield from self._of_window(node, outputs)
        elif isinstance(node, exp.Filter | exp.WithinGroup):
            yield from self.loose(node.this, outputs)
        elif not self._context.is_aggregate(node):
            for child in node.iter_expressions():
                yield from self.loose(child, outputs)

    def _is_loose(self, column: exp.Column, outputs: Iterable[str]) -> bool:
        names = parts(column)
        if isinstance(column.this, exp.Star) or not self._scope.is_own(names):
            return False
        if len(names) == 1 and names[0] in outputs:
            return False
        # A member is fine where its struct is grouped by, or a struct above it.
        return not any(self._key_of(names[:size]) in self._keys for size in range(1, len(names)))

    def _of_window(self, window: exp.Window, outputs: Iterable[str]) -> Iterator[exp.Column]:
        """The function of a window is no aggregate of the groups; what is inside it may be."""
        for key, value in window.args.items():
            for each in value if isinstance(value, list) else [value]:
                if not isinstance(each, exp.Expr):
                    continue
                for part in unwrapped(each).iter_expressions() if key == "this" else [each]:
                    yield from self.loose(part, outputs)

    def _aggregates(self, node: exp.Expr) -> bool:
        return next(aggregates(node, self._context), None) is not None

    def _meant(self, node: exp.Expr) -> exp.Expr:
        if _is_number(node) and 0 < int(node.name) <= len(self._select.selects):
            item = self._select.selects[int(node.name) - 1]
            return item.unalias()
        if isinstance(node, exp.Column) and not self._scope.is_own(parts(node)):
            return self._items.get(node.name.lower(), node) if len(node.parts) == 1 else node
        return node

    def _key(self, node: exp.Expr) -> Key:
        """Operands may be turned round, and tests have several forms: only what is in it counts."""
        found: Counter[object] = Counter()
        self._count(node, found)
        return frozenset(found.items())

    def _key_of(self, names: list[str]) -> Key:
        found = self._scope.resolve(names)
        return frozenset({((found.attributes[0], found.rest), 1)}) if found else frozenset()

    def _count(self, node: exp.Expr, found: Counter[object]) -> None:
        if isinstance(node, exp.Column):
            self._count_column(node, found)
            return
        if isinstance(node, exp.Literal):
            found[node.name.lower()] += 1
        elif isinstance(node, exp.Cast):
            found["cast", node.to.sql()] += 1
        elif (function := self._context.function(node)) is not None and function.type != "boolean":
            found[function.kind] += 1
        for child in node.iter_expressions():
            if not isinstance(child, exp.DataType):
                self._count(child, found)

    def _count_column(self, node: exp.Column, found: Counter[object]) -> None:
        names = parts(node)
        resolved = self._scope.resolve(names)
        if resolved is None:
            found[tuple(names)] += 1
        elif isinstance(resolved.attributes[0].kind, Map):
            # `props.a` is `props['a']`.
            found.update([(resolved.attributes[0], ()), *resolved.rest])
        else:
            found[resolved.attributes[0], resolved.rest] += 1


def aggregates(node: exp.Expr, context: Context) -> Iterator[exp.Expr]:
    """Yield the outermost aggregates of an expression; the function of a window is none."""
    if isinstance(node, exp.Query):
        return
    if isinstance(node, exp.Window):
        inner = unwrapped(node.this)
        children = [
            *inner.iter_expressions(),
            *(each for each in node.iter_expressions() if each is not node.this),
        ]
    elif context.is_aggregate(node):
        yield node
        return
    else:
        children = list(node.iter_expressions())
    for child in children:
        yield from aggregates(child, context)


def nested(node: exp.Expr, context: Context) -> Iterator[exp.Expr]:
    """Yield aggregates inside aggregates."""
    for outer in aggregates(node, context):
        for child in outer.iter_expressions():
            yield from aggregates(child, context)


def windows(node: exp.Expr) -> Iterator[exp.Window]:
    """Yield the windows of an expression."""
    return (each for each in inside(node) if isinstance(each, exp.Window))


def without_over(node: exp.Expr, context: Context) -> Iterator[exp.Expr]:
    """Yield functions of windows that have no OVER."""
    for each in inside(node):
        if context.is_window_function(each):
            around = each.parent
            while isinstance(around, exp.IgnoreNulls | exp.RespectNulls):
                around = around.parent
            if not isinstance(around, exp.Window):
                yield each


def unwrapped(node: exp.Expr) -> exp.Expr:
    """Return the function of a window without FILTER and IGNORE NULLS."""
    while isinstance(node, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        node = node.this
    return node


def _listed(group: exp.Group) -> Iterator[exp.Expr]:
    """Yield every expression of GROUP BY, those of CUBE, ROLLUP and GROUPING SETS among them."""
    kinds: tuple[type[exp.Expr], ...] = (exp.Cube, exp.Rollup, exp.GroupingSets, exp.Tuple)
    waiting = list(group.iter_expressions())
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, kinds):
            waiting = [*node.iter_expressions(), *waiting]
        elif isinstance(node, exp.Paren):
            waiting.insert(0, node.this)
        else:
            yield node


def _is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit()
