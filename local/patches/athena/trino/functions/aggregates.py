"""Aggregates and window functions; approximate ones are exact here, which is within what they promise.

Source: https://trino.io/docs/current/functions/aggregate.html
"""

from collections.abc import Callable

from sqlglot import exp

from local.patches.athena.trino.calls import Aggregate, call, macro

SAME = frozenset(
    {"count", "min", "max", "bool_and", "bool_or", "any_value", "stddev", "stddev_samp", "stddev_pop",
     "variance", "var_samp", "var_pop", "covar_samp", "covar_pop", "corr", "regr_slope", "regr_intercept",
     "kurtosis", "grouping", "row_number", "rank", "dense_rank", "percent_rank", "cume_dist",
     "ntile", "lag", "lead", "first_value", "last_value", "nth_value"}
)  # fmt: skip
"""The same in DuckDB, window functions among them: https://trino.io/docs/current/functions/window.html"""


def _distinct(aggregate: Aggregate) -> exp.Expr:
    return aggregate.over("count", exp.Distinct(expressions=[aggregate.arguments[0].copy()]))


def _sum(aggregate: Aggregate) -> exp.Expr:
    value = aggregate.arguments[0]
    return macro("op_sum", aggregate.over("sum", value), aggregate.over("min", value))


def _average(aggregate: Aggregate) -> exp.Expr:
    value = aggregate.arguments[0]
    return macro("op_average", aggregate.over("sum", value), aggregate.over("count", value))


def _by(extreme: str) -> Callable[[Aggregate], exp.Expr]:
    """A value that is null may be the answer; of several values it may not, as in Trino."""

    def rule(aggregate: Aggregate) -> exp.Expr:
        many = len(aggregate.arguments) == len(("x", "y", "n"))
        return aggregate.over(extreme if many else f"{extreme}_null", *aggregate.arguments)

    return rule


def _map(aggregate: Aggregate) -> exp.Expr:
    """The first value of each key."""
    key, value = aggregate.arguments
    return macro(
        "op_first_of_keys", aggregate.over("list", call("struct_pack", _as("k", key), _as("v", value)))
    )


def _multimap(aggregate: Aggregate) -> exp.Expr:
    key, value = aggregate.arguments
    return macro(
        "op_all_of_keys", aggregate.over("list", call("struct_pack", _as("k", key), _as("v", value)))
    )


def _as(name: str, value: exp.Expr) -> exp.Expr:
    return exp.PropertyEQ(this=exp.to_identifier(name), expression=value.copy())


def _renamed(name: str) -> Callable[[Aggregate], exp.Expr]:
    return lambda aggregate: aggregate.over(name, *aggregate.arguments)


def _geometric_mean(aggregate: Aggregate) -> exp.Expr:
    return call("exp", aggregate.over("avg", call("ln", aggregate.arguments[0].copy())))


RULES: dict[str, Callable[[Aggregate], exp.Expr]] = {
    "sum": _sum,
    "avg": _average,
    "count_if": lambda aggregate: exp.cast(
        aggregate.over("count_if", *aggregate.arguments), exp.DType.BIGINT
    ),
    "every": _renamed("bool_and"),
    "arbitrary": _renamed("any_value"),
    "array_agg": _renamed("list"),
    "approx_distinct": _distinct,
    "approx_percentile": _renamed("quantile_disc"),
    "max_by": _by("arg_max"),
    "min_by": _by("arg_min"),
    "map_agg": _map,
    "multimap_agg": _multimap,
    "histogram": lambda aggregate: macro("op_counts", aggregate.over("histogram", *aggregate.arguments)),
    "geometric_mean": _geometric_mean,
    "bitwise_and_agg": _renamed("bit_and"),
    "bitwise_or_agg": _renamed("bit_or"),
    "bitwise_xor_agg": _renamed("bit_xor"),
}
