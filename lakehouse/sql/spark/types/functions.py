"""The functions of Spark, as it tells of them itself, and its words for those of other engines.

`python -m tools.docs.spark_functions` makes the file.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("functions.json")
"""What Spark says of its functions."""

UNITS = {
    *("year", "quarter", "month", "week", "day", "dayofyear", "hour", "minute", "second"),
    *("millisecond", "microsecond"),
}
"""Units of time, which stand first and without quotes in `datediff(DAY, a, b)` and the like."""

WITH_UNIT = {"date_add", "date_diff", "dateadd", "datediff", "timestampadd", "timestampdiff", "timediff"}
"""What takes a unit, a value and an instant or two instants; Spark's parser knows it, not its registry."""

SYNTAX = {
    *("identifier", "percentile_cont", "percentile_disc", "timediff", "timestampadd", "timestampdiff"),
    "try_cast",
}
"""What is called like a function, and is known to Spark's parser alone."""

WORDS = {
    "any_match": "exists",
    "arbitrary": "any_value",
    "approx_distinct": "approx_count_distinct",
    "array_length": "size",
    "array_to_string": "array_join",
    "bitwise_and": "the operator &",
    "bitwise_or": "the operator |",
    "bitwise_xor": "the operator ^",
    "countif": "count_if",
    "date_parse": "to_timestamp",
    "datetime_diff": "timestampdiff",
    "day_of_month": "day",
    "day_of_week": "dayofweek",
    "day_of_year": "dayofyear",
    "dayname": "date_format(…, 'EEE')",
    "format_datetime": "date_format",
    "from_iso8601_date": "to_date",
    "from_iso8601_timestamp": "to_timestamp",
    "generate_series": "sequence",
    "getdate": "current_timestamp",
    "group_concat": "array_join(collect_list(…), ',')",
    "iff": "if",
    "json_extract": "get_json_object",
    "json_extract_scalar": "get_json_object",
    "json_value": "get_json_object",
    "listagg": "array_join(collect_list(…), ',')",
    "logical_and": "bool_and",
    "logical_or": "bool_or",
    "monthname": "date_format(…, 'MMM')",
    "object_construct": "named_struct",
    "parse_datetime": "to_timestamp",
    "regexp_matches": "regexp_like",
    "safe_cast": "try_cast",
    "safe_divide": "try_divide",
    "str_to_date": "to_date",
    "string_agg": "array_join(collect_list(…), ',')",
    "strpos": "instr",
    "sysdate": "current_timestamp",
    "timestamp_trunc": "date_trunc",
    "to_hex": "hex",
    "to_iso8601": "date_format",
    "unnest": "explode",
    "week": "weekofyear",
    "zeroifnull": "coalesce(…, 0)",
}
"""Spark's words for functions of other engines that it lacks."""

_VALUES = {
    *("any_value", "array_agg", "collect_list", "collect_set", "first", "first_value", "last"),
    *("last_value", "max", "max_by", "min", "min_by", "mode"),
}
"""Aggregates whose result holds values of single rows as they are."""


@dataclass(frozen=True)
class Function:
    """A function of Spark."""

    kind: str
    """Name of the class that it is; names of one class mean the same."""
    group: str
    arguments: frozenset[int] | None
    """Numbers of arguments that it takes; None for any."""
    type: str | None
    """Type of its result as Spark writes it, where that is the same whatever its arguments are."""


@cache
def functions() -> dict[str, Function]:
    """Return every function by its name in lower case."""
    entries = json.loads(PATH.read_text(encoding="utf-8"))
    return {
        name: Function(
            entry.get("class", name),
            entry["group"],
            frozenset(entry["arguments"]) if entry.get("arguments") else None,
            entry.get("type"),
        )
        for name, entry in entries.items()
    }


def is_aggregate(name: str) -> bool:
    """Whether a function makes one value of many rows."""
    function = functions().get(name)
    return function is not None and function.group == "agg_funcs"


def yields_values(name: str) -> bool:
    """Whether the result of an aggregate holds values of single rows as they are."""
    return name in _VALUES
