"""Says in DuckDB what an expression of Spark SQL says, if both are proven to have the same value.

Every construct that is allowed stands here by its name; whatever does not is refused, and so is one on types
on which it was not compared. `tests/unit/glue_scripts/native/test_same_figures.py` compares both engines.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal as Number
from typing import Any

from sqlglot import exp

from lakehouse.model.fields import Decimal, Scalar, Type
from lakehouse.sql.duckdb.term import (
    Term,
    UntranslatableError,
    alike,
    as_decimal,
    check_parts,
    common_kind,
    decimal_of,
    number_term,
    typed_literal,
    untranslatable,
)
from lakehouse.sql.spark.types.arithmetic import computed
from lakehouse.sql.spark.types.kinds import MAX_PRECISION, VOID, of_literal, spark_name

COMPARED: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
}  # fmt: skip
_INT64_DIGITS = 18
"""Digits up to which DuckDB keeps a decimal in 64 bits, and fails at a product that has more."""

_CENTURY = 36_525
"""Days; where calendars end, engines differ."""


class Terms:
    """Translates expressions over the columns of one table."""

    def __init__(self, columns: Mapping[str, Type]) -> None:
        self._columns = {name.lower(): (name, kind) for name, kind in columns.items()}

    def of(self, node: exp.Expr) -> Term:
        """Return an expression in DuckDB's words."""
        check_parts(node)
        if type(node) in COMPARED:
            return self._comparison(COMPARED[type(node)], self.of(node.this), self.of(node.expression))
        if type(node) in ARITHMETIC:
            return self._arithmetic(node)
        handler = HANDLERS.get(type(node))
        if handler is None:
            raise untranslatable(node)
        return handler(self, node)

    def condition(self, node: exp.Expr) -> str:
        """Return a condition in DuckDB's words."""
        term = self.of(node)
        if term.kind not in (Scalar.BOOLEAN, VOID):
            raise UntranslatableError(f"{spark_name(term.kind)} as a condition")
        return term.text

    def _text(self, node: exp.Expr, kind: Scalar) -> str:
        term = self.of(node)
        if term.kind is not kind:
            raise UntranslatableError(f"{node.key} of {spark_name(term.kind)}")
        return term.text

    def _column(self, node: exp.Column) -> Term:
        found = self._columns.get(node.name.lower())
        if found is None or len(node.parts) > 1:
            raise UntranslatableError(f"`{node.sql()}`, which is no column of the table by its name alone")
        return Term('"{}"'.format(found[0].replace('"', '""')), found[1])

    def _literal(self, node: exp.Literal) -> Term:
        kind = of_literal(node)
        if node.is_string:
            if "\0" in node.name:
                raise UntranslatableError("a text with a zero in it")
            return Term("'{}'".format(node.name.replace("'", "''")), kind)
        return number_term(Number(node.name), kind)

    def _cast(self, node: exp.Cast) -> Term:
        to, inner = node.to.this, node.this
        if isinstance(inner, exp.Literal):
            return typed_literal(node, to, inner)
        term = self.of(inner)
        if to is exp.DType.DATE and term.kind in (Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ, Scalar.DATE):
            return Term(f"CAST({term.text} AS DATE)", Scalar.DATE)
        raise UntranslatableError(f"a cast of {spark_name(term.kind)} to {node.to.sql()}")

    def _paren(self, node: exp.Paren) -> Term:
        return self.of(node.this)

    def _negative(self, node: exp.Neg) -> Term:
        term = self.of(node.this)
        if term.number is None:
            raise UntranslatableError("a minus before what is no number")
        return number_term(-term.number, term.kind)

    def _boolean(self, node: exp.Boolean) -> Term:
        return Term("TRUE" if node.this else "FALSE", Scalar.BOOLEAN)

    def _null(self, _node: exp.Null) -> Term:
        return Term("NULL", VOID)

    def _both(self, node: exp.Connector) -> Term:
        word = "AND" if isinstance(node, exp.And) else "OR"
        sides = self.condition(node.left), self.condition(node.right)
        return Term(f"({sides[0]} {word} {sides[1]})", Scalar.BOOLEAN)

    def _negation(self, node: exp.Not) -> Term:
        return Term(f"(NOT {self.condition(node.this)})", Scalar.BOOLEAN)

    def _is_null(self, node: exp.Is) -> Term:
        if not isinstance(node.expression, exp.Null):
            raise untranslatable(node)
        return Term(f"({self.of(node.this).text} IS NULL)", Scalar.BOOLEAN)

    def _within(self, node: exp.In) -> Term:
        if not node.expressions:
            raise untranslatable(node)
        value = self.of(node.this)
        equal = [self._comparison("=", value, self.of(each)).text for each in node.expressions]
        return Term(f"({' OR '.join(equal)})", Scalar.BOOLEAN)

    def _between(self, node: exp.Between) -> Term:
        value = self.of(node.this)
        low = self._comparison(">=", value, self.of(node.args["low"])).text
        high = self._comparison("<=", value, self.of(node.args["high"])).text
        return Term(f"({low} AND {high})", Scalar.BOOLEAN)

    def _like(self, node: exp.Like) -> Term:
        pattern = node.expression
        if not isinstance(pattern, exp.Literal) or "\\" in pattern.name:
            raise UntranslatableError("LIKE with other than a text without backslashes")
        text = self._text(node.this, Scalar.STRING)
        word = "NOT LIKE" if node.args.get("negate") else "LIKE"
        return Term(f"({text} {word} {self.of(pattern).text})", Scalar.BOOLEAN)

    def _case(self, node: exp.Case) -> Term:
        if node.this is not None:
            raise UntranslatableError("CASE of a value")
        branches = [(self.condition(each.this), self.of(each.args["true"])) for each in node.args["ifs"]]
        other = self.of(node.args["default"]) if node.args.get("default") else Term("NULL", VOID)
        kind = common_kind(node, *(term.kind for _, term in branches), other.kind)
        told = " ".join(f"WHEN {condition} THEN {term.text}" for condition, term in branches)
        return Term(f"(CASE {told} ELSE {other.text} END)", kind)

    def _first_known(self, node: exp.Coalesce) -> Term:
        terms = [self.of(each) for each in (node.this, *node.expressions)]
        kind = common_kind(node, *(term.kind for term in terms))
        return Term(f"coalesce({', '.join(term.text for term in terms)})", kind)

    def _length(self, node: exp.Length) -> Term:
        return Term(f"length({self._text(node.this, Scalar.STRING)})", Scalar.INT)

    def _trim(self, node: exp.Trim) -> Term:
        if node.expression:
            raise untranslatable(node)
        return Term(f"trim({self._text(node.this, Scalar.STRING)}, ' ')", Scalar.STRING)

    def _is_nan(self, node: exp.IsNan) -> Term:
        return Term(f"coalesce(isnan({self._text(node.this, Scalar.DOUBLE)}), FALSE)", Scalar.BOOLEAN)

    def _today(self, _node: exp.CurrentDate) -> Term:
        return Term("current_date", Scalar.DATE)

    def _now(self, node: exp.Expr) -> Term:
        if isinstance(node, exp.Anonymous) and node.name.lower() != "now":
            raise UntranslatableError(f"{node.name}()")
        return Term("now()", Scalar.TIMESTAMPTZ)

    def _days_between(self, node: exp.DateDiff) -> Term:
        if node.args.get("unit"):
            raise untranslatable(node)
        later, earlier = (self._day(each) for each in (node.this, node.expression))
        return Term(f"CAST({later} - {earlier} AS INTEGER)", Scalar.INT)

    def _days_on(self, node: exp.TsOrDsAdd) -> Term:
        days = node.expression
        sign = 1
        if isinstance(days, exp.Mul):
            days, sign = days.this, -1
        known = isinstance(days, exp.Literal) and days.name.isdigit() and int(days.name) <= _CENTURY
        if not known or node.args["unit"].name != "DAY":
            raise UntranslatableError(f"date_add or date_sub of other than up to {_CENTURY} days")
        return Term(f"({self._day(node.this)} + {sign * int(days.name)})", Scalar.DATE)

    def _day(self, node: exp.Expr) -> str:
        return self._text(node.this if isinstance(node, exp.TsOrDsToDate) else node, Scalar.DATE)

    def _comparison(self, sign: str, left: Term, right: Term) -> Term:
        first, second = alike(left, right)
        return Term(f"({first} {sign} {second})", Scalar.BOOLEAN)

    def _arithmetic(self, node: exp.Expr) -> Term:
        assert isinstance(node, exp.Binary)  # noqa: S101 (one of `ARITHMETIC`)
        left, right = self.of(node.left), self.of(node.right)
        kind = computed(node, left.kind, right.kind)
        sign = ARITHMETIC[type(node)]
        # Of whole numbers Spark fails at an overflow that DuckDB's optimizer may take away.
        if isinstance(kind, Decimal) and kind.precision < MAX_PRECISION:
            first, second = decimal_of(left), decimal_of(right)
            if isinstance(node, exp.Mul):
                if max(first.precision, second.precision) <= _INT64_DIGITS:
                    first = Decimal(_INT64_DIGITS + 1, first.scale)
            else:
                first = second = kind
            if not isinstance(node, exp.Mul) or first.precision + second.precision <= MAX_PRECISION:
                return Term(f"({as_decimal(left, first)} {sign} {as_decimal(right, second)})", kind)
        raise UntranslatableError(f"{sign} of {spark_name(left.kind)} and {spark_name(right.kind)}")


ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}

HANDLERS: dict[type[exp.Expr], Callable[[Terms, Any], Term]] = {
    exp.Column: Terms._column,
    exp.Literal: Terms._literal,
    exp.Cast: Terms._cast,
    exp.TryCast: Terms._cast,
    exp.Paren: Terms._paren,
    exp.Neg: Terms._negative,
    exp.Boolean: Terms._boolean,
    exp.Null: Terms._null,
    exp.And: Terms._both,
    exp.Or: Terms._both,
    exp.Not: Terms._negation,
    exp.Is: Terms._is_null,
    exp.In: Terms._within,
    exp.Between: Terms._between,
    exp.Like: Terms._like,
    exp.Case: Terms._case,
    exp.Coalesce: Terms._first_known,
    exp.Length: Terms._length,
    exp.Trim: Terms._trim,
    exp.IsNan: Terms._is_nan,
    exp.CurrentDate: Terms._today,
    exp.CurrentTimestamp: Terms._now,
    exp.Anonymous: Terms._now,
    exp.DateDiff: Terms._days_between,
    exp.TsOrDsAdd: Terms._days_on,
}
"""Each takes the nodes that it stands for."""
