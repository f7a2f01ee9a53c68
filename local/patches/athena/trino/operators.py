"""Trino's operators, casts and functions with a syntax of their own, as nodes for DuckDB."""

import re
from collections.abc import Callable

from sqlglot import exp

from local.patches.athena.trino.calls import call, macro

_INTEGERS = (exp.DType.TINYINT, exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT)
_TEXTS = (exp.DType.VARCHAR, exp.DType.TEXT, exp.DType.CHAR)
_MICROSECOND_DIGITS = 6

_FIELDS = {"DOW": "day_of_week", "DOY": "day_of_year", "YOW": "year_of_week"}
"""Fields of `extract` whose function has another name."""


def _divide(node: exp.Div) -> exp.Expr | None:
    return None if _is_interval(node.this) else macro("op_divide", node.this, node.expression)


def _shift(node: exp.Add | exp.Sub) -> exp.Expr | None:
    left, right = node.this, node.expression
    if _is_interval(left) == _is_interval(right):
        numbers = any(isinstance(side, exp.Literal | exp.Interval) for side in (left, right))
        return macro("op_minus", left, right) if isinstance(node, exp.Sub) and not numbers else None
    if _is_interval(left):
        left, right = right, left
    return macro(
        "op_shift", left, exp.Neg(this=exp.Paren(this=right)) if isinstance(node, exp.Sub) else right
    )


def _is_interval(node: exp.Expr) -> bool:
    if isinstance(node, exp.Mul | exp.Neg | exp.Paren):
        return any(_is_interval(part) for part in node.iter_expressions())
    return isinstance(node, exp.Interval)


def _interval(node: exp.Interval) -> exp.Expr | None:
    """`'1-2' YEAR TO MONTH` and `'2 03:04' DAY TO MINUTE` in DuckDB's words."""
    if not isinstance(node.unit, exp.IntervalSpan):
        return None
    text, unit = node.this.name, node.unit.this.name.upper()
    if unit == "YEAR":
        text = re.sub(r"(\d+)-(\d+)", r"\1 years \2 months", text)
    elif unit == "DAY":
        text = text.replace(" ", " days ", 1)
    return exp.cast(exp.Literal.string(text), exp.DType.INTERVAL)


def _subscript(node: exp.Bracket) -> exp.Expr:
    if len(node.expressions) != 1:
        raise ValueError(f"SYNTAX_ERROR: one subscript is wanted: {node.sql('trino')}")
    return macro("op_subscript", node.this, node.expressions[0])


def _cast(node: exp.Cast) -> exp.Expr | None:
    value, kind = node.this, node.to
    if kind.this in _INTEGERS:
        node.set("this", macro("op_whole", value))
    elif kind.this in _TEXTS:
        return _text(value, kind)
    elif kind.this is exp.DType.JSON:
        return call("to_json", value)
    elif kind.this is exp.DType.DECIMAL and not kind.expressions:
        kind.set("expressions", [exp.DataTypeParam(this=exp.Literal.number(one)) for one in _digits(value)])
    elif kind.this in (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ):
        return _time(node)
    return None


def _text(value: exp.Expr, kind: exp.DataType) -> exp.Expr:
    text = macro("op_text", value)
    if not kind.expressions:
        return text
    length = kind.expressions[0].this.copy()
    return call("rpad", text, length, " ") if kind.this is exp.DType.CHAR else call("left", text, length)


def _digits(value: exp.Expr) -> tuple[int, int]:
    """Precision and scale of `DECIMAL '1.50'`, and those that any other cast to a decimal has."""
    if not value.is_string:
        return 38, 0
    whole, _, fraction = value.name.lstrip("+-").partition(".")
    return max(len(whole.lstrip("0")) + len(fraction), 1), len(fraction)


def _time(node: exp.Cast) -> exp.Expr | None:
    """DuckDB's types of other precisions are types of their own."""
    digits = int(node.to.expressions[0].name) if node.to.expressions else 3
    node.to.set("expressions", None)
    if node.this.is_string or digits >= _MICROSECOND_DIGITS or node.to.this is exp.DType.TIMESTAMPTZ:
        return None
    return macro("op_rounded", node.copy(), 10 ** (_MICROSECOND_DIGITS - digits))


def _try_cast(node: exp.TryCast) -> exp.Expr:
    strict = exp.Cast(this=node.this, to=node.to)
    return call("try", _cast(strict) or strict)


def _extract(node: exp.Extract) -> exp.Expr:
    field = node.name.upper()
    return macro("op_" + _FIELDS.get(field, field.lower()), node.expression)


def _trim(node: exp.Trim) -> exp.Expr:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(node.args.get("position") or "", "trim")
    return macro(name, *[part for part in (node.this, node.expression) if part])


def _listagg(node: exp.GroupConcat) -> exp.Expr:
    value, order = (
        (node.this.this, node.this.expressions) if isinstance(node.this, exp.Order) else (node.this, [])
    )
    separator = node.args.get("separator") or exp.Literal.string("")
    arguments: list[exp.Expr] = [value, separator]
    if isinstance(value, exp.Distinct):
        arguments = [exp.Distinct(expressions=value.expressions), separator]
    if order:
        arguments[-1] = exp.Order(this=arguments[-1], expressions=order)
    return exp.Anonymous(this="string_agg", expressions=arguments)


def _nulls(node: exp.IgnoreNulls) -> exp.Expr:
    """DuckDB has it among the arguments."""
    function = node.this
    first, *rest = function.expressions
    marked = exp.Var(this=f"{first.sql('duckdb', identify=True)} IGNORE NULLS")
    return exp.Anonymous(this=function.this, expressions=[marked, *rest])


RULES: dict[type[exp.Expr], Callable[..., exp.Expr | None]] = {
    exp.Div: _divide,
    exp.Add: _shift,
    exp.Sub: _shift,
    exp.Interval: _interval,
    exp.Bracket: _subscript,
    exp.Cast: _cast,
    exp.TryCast: _try_cast,
    exp.Extract: _extract,
    exp.Trim: _trim,
    exp.StrPosition: lambda node: call("strpos", node.this, node.args["substr"]),
    exp.Substring: lambda node: macro(
        "substring", *[one for one in (node.this, node.args.get("start"), node.args.get("length")) if one]
    ),
    exp.GroupConcat: _listagg,
    exp.IgnoreNulls: _nulls,
    exp.RespectNulls: lambda node: node.this,
    exp.HexString: lambda node: call("unhex", node.name),
    exp.AtTimeZone: lambda node: macro("at_timezone", node.this, node.args["zone"]),
    exp.Localtimestamp: lambda _: exp.cast(exp.CurrentTimestamp(), exp.DType.TIMESTAMP),
}
