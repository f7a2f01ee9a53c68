"""Functions that take a lambda, and those with any number of arguments: no macro of DuckDB can be one.

Source: https://trino.io/docs/current/functions/array.html and beside it
"""

from collections.abc import Callable

from sqlglot import exp

from local.patches.athena.hive import formats
from local.patches.athena.trino.calls import call, macro

Rule = Callable[[list[exp.Expr]], exp.Expr]


def _true_of(name: str, *, empty: bool, negate: bool = False) -> Rule:
    """Whether any or all elements satisfy a predicate; `empty` is the answer when there are none."""

    def rule(arguments: list[exp.Expr]) -> exp.Expr:
        array, predicate = arguments
        found = call(name, call("list_transform", array, predicate))
        none = exp.EQ(this=call("len", array.copy()), expression=exp.Literal.number(0))
        answer = exp.Case(ifs=[exp.If(this=none, true=exp.Boolean(this=empty))], default=found)
        return exp.Not(this=answer) if negate else answer

    return rule


def _reduce(arguments: list[exp.Expr]) -> exp.Expr:
    array, initial, step, finish = arguments
    total = call("list_reduce", array, step, initial)
    return call("list_extract", call("list_transform", exp.Array(expressions=[total]), finish), 1)


def _zip_with(arguments: list[exp.Expr]) -> exp.Expr:
    left, right, function = arguments
    return call("list_transform", call("list_zip", left, right), _unpacked(function, (1, 2)))


def _unpacked(function: exp.Expr, fields: tuple[str, str] | tuple[int, int]) -> exp.Lambda:
    """A lambda of one struct, from a lambda of two values."""
    if not isinstance(function, exp.Lambda) or len(function.expressions) != len(fields):
        raise ValueError(f"a lambda of {len(fields)} arguments is wanted, got {function.sql('trino')}")
    names = {one.name.lower(): field for one, field in zip(function.expressions, fields, strict=True)}

    def use(node: exp.Expr) -> exp.Expr:
        column = isinstance(node, exp.Column) and not node.table
        if (column or isinstance(node, exp.Identifier)) and node.name.lower() in names:
            if (
                isinstance(node, exp.Identifier)
                and isinstance(node.parent, exp.Column | exp.Dot)
                and node.arg_key != "this"
            ):
                return node
            return call("struct_extract", exp.to_identifier("_entry"), names[node.name.lower()])
        return node

    return exp.Lambda(this=function.this.copy().transform(use), expressions=[exp.to_identifier("_entry")])


def _transform_values(arguments: list[exp.Expr]) -> exp.Expr:
    entries, function = arguments
    new = _unpacked(function, ("key", "value"))
    return _entries(entries, _key(), new.this)


def _transform_keys(arguments: list[exp.Expr]) -> exp.Expr:
    entries, function = arguments
    new = _unpacked(function, ("key", "value"))
    return _entries(entries, new.this, call("struct_extract", exp.to_identifier("_entry"), "value"))


def _key() -> exp.Expr:
    return call("struct_extract", exp.to_identifier("_entry"), "key")


def _entries(entries: exp.Expr, key: exp.Expr, value: exp.Expr) -> exp.Expr:
    pair = exp.Lambda(
        this=call("struct_pack", _named("k", key), _named("v", value)),
        expressions=[exp.to_identifier("_entry")],
    )
    return call("map_from_entries", call("list_transform", call("map_entries", entries), pair))


def _named(name: str, value: exp.Expr) -> exp.Expr:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=value)


def _map_filter(arguments: list[exp.Expr]) -> exp.Expr:
    entries, function = arguments
    kept = call("list_filter", call("map_entries", entries), _unpacked(function, ("key", "value")))
    return call("map_from_entries", kept)


def _null_if_any(name: str) -> Rule:
    """Null as soon as one argument is; DuckDB leaves nulls out."""

    def rule(arguments: list[exp.Expr]) -> exp.Expr:
        nulls = exp.or_(*[exp.Is(this=one.copy(), expression=exp.Null()) for one in arguments])
        return exp.Case(ifs=[exp.If(this=nulls, true=exp.Null())], default=call(name, *arguments))

    return rule


def _concat(arguments: list[exp.Expr]) -> exp.Expr:
    joined, *rest = arguments
    for one in rest:
        joined = exp.DPipe(this=joined, expression=exp.Paren(this=one), safe=False)
    return exp.Paren(this=joined)


def _format(name: str, pattern: Callable[[str], str]) -> Rule:
    """The pattern of a date must be a literal, as DuckDB takes no other."""

    def rule(arguments: list[exp.Expr]) -> exp.Expr:
        value, given = arguments
        if not given.is_string:
            raise ValueError(
                f"NOT_SUPPORTED: {given.sql('trino')}: only a literal can be the format of a date here"
            )
        return call(name, value, pattern(given.name))

    return rule


RULES: dict[str, Rule] = {
    "transform": lambda arguments: call("list_transform", *arguments),
    "filter": lambda arguments: call("list_filter", *arguments),
    "any_match": _true_of("list_bool_or", empty=False),
    "all_match": _true_of("list_bool_and", empty=True),
    "none_match": _true_of("list_bool_or", empty=False, negate=True),
    "reduce": _reduce,
    "zip_with": _zip_with,
    "map_filter": _map_filter,
    "transform_values": _transform_values,
    "transform_keys": _transform_keys,
    "greatest": _null_if_any("greatest"),
    "least": _null_if_any("least"),
    "concat": _concat,
    "format": lambda arguments: call("printf", *arguments),
    "try": lambda arguments: call("try", *arguments),
    "date_format": _format("strftime", formats.mysql),
    "date_parse": _format("strptime", formats.mysql),
    "format_datetime": _format("strftime", formats.joda),
    "parse_datetime": lambda arguments: macro("op_zoned", _format("strptime", formats.joda)(arguments)),
}
