"""Takes table rules apart into figures, each one aggregate, and a formula of them.

Jobs measure figures, of all rules in one scan, and compute formulas themselves: so both engines answer alike,
and a figure that only adds up over rows follows the rows that come and go. Spark runs the text of the author.
What is more than that stays one query, for Spark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from lakehouse.model.fields import Decimal, Scalar, Type
from lakehouse.model.table_rules import Metric, TableRule
from lakehouse.sql.duckdb.aggregates import aggregate
from lakehouse.sql.duckdb.term import UntranslatableError
from lakehouse.sql.measures import VIEW, measure
from lakehouse.sql.parse import DIALECT, parse, tokenize, volatile_calls
from lakehouse.sql.spark.analysis import judge
from lakehouse.sql.spark.types.arithmetic import computed
from lakehouse.sql.spark.types.kinds import Kind, of_literal

_AGGREGATES = (exp.Count, exp.CountIf, exp.Sum, exp.Min, exp.Max)
_NAMES = ("count", "count_if", "sum", "min", "max")
_CLAUSES = {"expressions", "from_", "where"}
_SIGNS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_INTEGERS = (Scalar.INT, Scalar.LONG)
_ESCAPES = re.compile(r"\\(?!['\\]|u[0-9a-fA-F]{4})")
"""Escapes of a text of which nobody has shown that the parser reads them as Spark does."""

Formula = list[Any]
"""An operator and its operands, as JSON."""


@dataclass(frozen=True)
class Figure:
    """A number that one aggregate finds in the rows of the table."""

    spark: str
    duckdb: str | None
    additive: bool
    """Whether the figure of some rows is the sum of those of its parts."""


@dataclass(frozen=True)
class Measure:
    """How jobs measure a rule: by a formula of figures, or by one query."""

    figures: list[Figure]
    formula: Formula | None
    query: str | None
    volatile: bool
    """Whether it may yield something else on the same rows, as with today's date."""
    spark_only: str | None
    """Why DuckDB cannot measure it."""


class _WholeError(ValueError):
    """The query cannot be taken apart; the message says what of it."""


def compiled(rule: TableRule, columns: Mapping[str, Type]) -> Measure:
    """Return how jobs measure a rule of a table with these columns."""
    text = measure(rule)
    query = text if rule.metric is Metric.SQL else f"SELECT {text} FROM {VIEW}"  # noqa: S608 (of the contract)
    return taken_apart(query, columns)


def taken_apart(query: str, columns: Mapping[str, Type]) -> Measure:
    """Return how jobs measure what a query on the view of a table with these columns yields."""
    volatile = bool(volatile_calls(query))
    try:
        parts = _Parts(query, columns, volatile=volatile)
        formula = parts.formula()
    except _WholeError as error:
        return Measure([], None, query, volatile, f"{error} is for Spark alone")
    reason = f"{'; '.join(parts.refused)} is for Spark alone" if parts.refused else None
    return Measure(parts.figures, formula, None, volatile, reason)


class _Parts:
    """Takes one query apart."""

    def __init__(self, query: str, columns: Mapping[str, Type], *, volatile: bool) -> None:
        self._query, self._columns, self._volatile = query, columns, volatile
        self._tree = _plain(parse(query))
        self._tokens = tokenize(query)
        self._texts = self._calls()
        self._where, self._filter = self._condition()
        self.figures: list[Figure] = []
        self.refused: list[str] = []

    def formula(self) -> Formula:
        """Return the formula, and fill the figures that it names by their numbers."""
        formula, _ = self._of(self._tree.selects[0].unalias())
        if not self.figures:
            raise _WholeError("a query without an aggregate")
        return formula

    def _calls(self) -> dict[exp.Expr, str]:
        """Return the text of each call of an aggregate by its tree."""
        found = {}
        for at, token in enumerate(self._tokens[:-1]):
            if token.text.lower() in _NAMES and self._tokens[at + 1].token_type is TokenType.L_PAREN:
                text = self._query[token.start : self._end(at + 1)]
                [node] = parse(f"SELECT {text} FROM {VIEW}").selects  # noqa: S608 (of the contract)
                found[node.unalias()] = text
        return found

    def _end(self, at: int) -> int:
        depth = 0
        for token in self._tokens[at:]:
            depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
            if depth == 0:
                return token.end + 1
        raise _WholeError("a call that does not end")

    def _condition(self) -> tuple[exp.Expr | None, str]:
        """Return the condition of the rows, and what limits an aggregate of Spark to these."""
        where = self._tree.args.get("where")
        if where is None:
            return None, ""
        [start] = [token.end + 1 for token in self._tokens if token.token_type is TokenType.WHERE]
        end = max(token.end for token in self._tokens if token.token_type is not TokenType.SEMICOLON) + 1
        return where.this, f" FILTER (WHERE {self._query[start:end].strip()}\n)"

    def _of(self, node: exp.Expr) -> tuple[Formula, Kind]:
        if isinstance(node, exp.Paren):
            return self._of(node.this)
        if isinstance(node, _AGGREGATES):
            return self._aggregate(node)
        if type(node) in _SIGNS:
            return self._arithmetic(node)
        if isinstance(node, exp.Nullif | exp.Coalesce):
            return self._choice(node)
        if (number := _number(node)) is not None:
            return number
        raise _WholeError(node.sql(dialect=DIALECT)[:60])

    def _arithmetic(self, node: exp.Expr) -> tuple[Formula, Kind]:
        assert isinstance(node, exp.Binary)  # noqa: S101 (one of `_SIGNS`)
        (left, first), (right, second) = self._of(node.left), self._of(node.right)
        kind = computed(node, first, second)
        if kind is None:
            raise _WholeError(node.sql(dialect=DIALECT)[:60])
        return [_SIGNS[type(node)], left, right, _name(kind)], kind

    def _choice(self, node: exp.Expr) -> tuple[Formula, Kind]:
        """NULLIF or COALESCE of whole numbers."""
        others = [node.expression] if isinstance(node, exp.Nullif) else node.expressions
        told = [self._of(each) for each in (node.this, *others)]
        if any(kind not in _INTEGERS for _, kind in told):
            raise _WholeError(node.sql(dialect=DIALECT)[:60])
        first = told[0][1] if isinstance(node, exp.Nullif) else Scalar.LONG
        return [node.key, *(formula for formula, _ in told)], first

    def _aggregate(self, node: exp.AggFunc) -> tuple[Formula, Kind]:
        kind = self._kind(node)
        distinct = node.find(exp.Distinct) is not None
        if isinstance(node, exp.Min | exp.Max):
            return ["figure", self._figure(node, additive=False)], kind
        if isinstance(node, exp.Sum):
            exact = kind is Scalar.LONG or isinstance(kind, Decimal)
            additive = exact and not distinct
            if not additive:
                return ["figure", self._figure(node, additive=False)], kind
            rows = exp.Count(this=node.this.copy(), big_int=True)
            self._texts.setdefault(rows, "count" + self._text(node)[len("sum") :])
            # A sum of nothing is null; what adds up is a number.
            of_all, of_rows = (self._figure(each, additive=True) for each in (node, rows))
            return ["sum", of_all, of_rows, _name(kind)], kind
        return ["figure", self._figure(node, additive=not distinct)], kind

    def _kind(self, node: exp.AggFunc) -> Kind:
        if isinstance(node, exp.Count | exp.CountIf):
            return Scalar.LONG
        found = judge(f"SELECT {self._text(node)} FROM {VIEW}", {VIEW: self._columns}).outputs  # noqa: S608 (of the contract)
        kind = found[0].attribute.kind if found else None
        if kind not in (*_INTEGERS, Scalar.DOUBLE) and not isinstance(kind, Decimal):
            raise _WholeError(f"{node.sql(dialect=DIALECT)[:60]}, whose type is not known to be a number,")
        return kind

    def _text(self, node: exp.Expr) -> str:
        if node not in self._texts:
            raise _WholeError(node.sql(dialect=DIALECT)[:60])
        return self._texts[node]

    def _figure(self, node: exp.AggFunc, *, additive: bool) -> int:
        text = self._text(node) + self._filter
        figure = Figure(text, self._duckdb(node), additive and not self._volatile)
        if figure not in self.figures:
            self.figures.append(figure)
        return self.figures.index(figure)

    def _duckdb(self, node: exp.AggFunc) -> str | None:
        try:
            if any(_ESCAPES.search(text) for text in self._strings()):
                raise UntranslatableError("an escape in a text")
            return aggregate(node, self._where, self._columns)
        except UntranslatableError as error:
            if str(error) not in self.refused:
                self.refused.append(str(error))
            return None

    def _strings(self) -> list[str]:
        return [
            self._query[token.start : token.end + 1]
            for token in self._tokens
            if token.token_type in (TokenType.STRING, TokenType.RAW_STRING)
        ]


def _plain(tree: exp.Query) -> exp.Select:
    """Return a query that selects one value of the table's rows, and nothing more."""
    if not isinstance(tree, exp.Select) or len(tree.selects) != 1:
        raise _WholeError("what is not one SELECT of one value")
    used = {name for name, value in tree.args.items() if value}
    if more := used - _CLAUSES:
        raise _WholeError(f"a query with {', '.join(sorted(more)).rstrip('_')}")
    source = tree.args.get("from_")
    if source is None or not isinstance(source.this, exp.Table) or source.this.alias:
        raise _WholeError("a query that does not read its table alone, by its own name,")
    if any(each is not tree for each in tree.find_all(exp.Query)) or tree.find(exp.Window, exp.Filter):
        raise _WholeError("a query with another one, a window or a filter inside")
    return tree


def _number(node: exp.Expr) -> tuple[Formula, Kind] | None:
    sign = "-" if isinstance(node, exp.Neg) else ""
    node = node.this if sign else node
    kind: Kind | None = None
    if isinstance(node, exp.Cast) and node.to.this is exp.DType.DOUBLE:
        node, kind = node.this, Scalar.DOUBLE
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    kind = kind or of_literal(node)
    return ["number", sign + node.name, _name(kind)], kind


def _name(kind: Kind) -> str:
    """Return the name of a type of numbers, as the manifest has it."""
    return f"decimal({kind.precision}, {kind.scale})" if isinstance(kind, Decimal) else str(kind)
