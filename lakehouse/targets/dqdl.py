"""The rules of a contract in the Data Quality Definition Language of AWS Glue, for a silver or gold table.

A ruleset reports; what gates the data are the jobs. Left out is what a ruleset cannot judge on the stored
table: values that masking has replaced, and nested columns, which the language does not reach.

Sources: https://docs.aws.amazon.com/glue/latest/dg/dqdl.html for the language, and its grammar and parser,
https://github.com/awslabs/dqdl, for quoting: only `in` resolves escapes, all other texts are taken raw.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal as Number

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Checks, Field, Map, Scalar, Struct
from lakehouse.model.table_rules import Metric, Operator, TableRule
from lakehouse.sql.measures import literal, measure

_TABLE = "primary"
"""Name that SQL in a ruleset has for the table under evaluation."""

_BOUNDS = {"minimum": ">=", "maximum": "<=", "exclusive_minimum": ">", "exclusive_maximum": "<"}

_COMPARISONS = {
    Operator.MUST_BE: ("=",),
    Operator.MUST_NOT_BE: ("!=",),
    Operator.MUST_BE_GREATER_THAN: (">",),
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: (">=",),
    Operator.MUST_BE_LESS_THAN: ("<",),
    Operator.MUST_BE_LESS_OR_EQUAL_TO: ("<=",),
    # `between` of the language leaves out both ends.
    Operator.MUST_BE_BETWEEN: (">=", "<="),
    Operator.MUST_NOT_BE_BETWEEN: ("<", ">"),
}

_TIMESTAMPS = {Scalar.TIMESTAMP: "TIMESTAMP_NTZ", Scalar.TIMESTAMPTZ: "TIMESTAMP"}
"""Types of literals; the language itself compares whole days."""

_NO_PLAIN_TEXT = re.compile(r"""['"\\]|\d{4}-\d\d-\d\d|\d?\d:\d\d( [AP]M)?""")
"""Texts that `in` would break, or take for dates and times."""

_LABEL_MAX = 256
"""Characters of a label's value: https://docs.aws.amazon.com/glue/latest/dg/dqdl.html#dqdl-labels"""


def ruleset(dataset: Dataset) -> str:
    """Return the ruleset; rules about the table bear their name and severity as labels."""
    # A ruleset has one rule at least, and a table without a key may have none of its own.
    identity = f"IsPrimaryKey {' '.join(map(_name, dataset.key))}" if dataset.key else "ColumnCount > 0"
    rules = [identity]
    for field in dataset.fields:
        rules += _field_rules(field, field.name in dataset.key)
    by_name = {field.name: field for field in dataset.fields}
    rules += [
        _table_rule(rule)
        for rule in dataset.rules
        if all(rule.sees(by_name[column]) for column in rule.columns if column in by_name)
    ]
    return "Rules = [\n    " + ",\n    ".join(rules) + "\n]\n"


def _field_rules(field: Field, key: bool) -> Iterator[str]:
    if isinstance(field.type, Struct | Array | Map):
        return
    if field.stored_required and not key:
        yield f"IsComplete {_name(field.name)}"
    if field.masking is None:
        yield from _text_rules(field, field.checks)
        yield from _range_rules(field, field.checks)


def _text_rules(field: Field, checks: Checks) -> Iterator[str]:
    name = _name(field.name)
    if checks.allowed is not None:
        yield _allowed(field, checks.allowed)
    if checks.pattern is not None:
        yield _matches(field, checks.pattern)
    if checks.min_length is not None:
        yield f"ColumnLength {name} >= {checks.min_length}{_where(field)}"
    if checks.max_length is not None:
        yield f"ColumnLength {name} <= {checks.max_length}"


def _allowed(field: Field, texts: tuple[str, ...]) -> str:
    if any(_NO_PLAIN_TEXT.search(text) for text in texts):
        return _none_where(f"`{field.name}` NOT IN ({', '.join(map(literal, texts))})")
    values = [f'"{text}"' if text else "EMPTY" for text in texts]
    values += [] if field.required else ["NULL"]
    return f"ColumnValues {_name(field.name)} in [{', '.join(values)}]"


def _matches(field: Field, pattern: str) -> str:
    """Return a rule that finds the pattern anywhere, as jobs do: `matches` wants the whole text to match.

    It also takes a match of nothing for none, so that SQL has to judge what may match the empty text.
    """
    if re.search(pattern, ""):
        return _none_where(f"NOT `{field.name}` RLIKE {literal(pattern)}")
    if not re.fullmatch(r"\^([^|\\]|\\.)*\$", pattern):
        pattern = f"(?s:.*)(?:{pattern})(?s:.*)"
    return f"ColumnValues {_name(field.name)} matches {_raw(pattern)}{_where(field)}"


def _range_rules(field: Field, checks: Checks) -> Iterator[str]:
    for rule, sign in _BOUNDS.items():
        bound = getattr(checks, rule)
        if bound is None:
            continue
        if isinstance(field.type, Scalar) and field.type in _TIMESTAMPS:
            instant = datetime.fromisoformat(bound).isoformat()
            yield _none_where(f"NOT `{field.name}` {sign} {_TIMESTAMPS[field.type]} '{instant}'")
        else:
            value = f'"{bound}"' if isinstance(bound, str) else _number(bound)
            yield f"ColumnValues {_name(field.name)} {sign} {value}{_where(field)}"


def _where(field: Field) -> str:
    """Leave out nulls: they break rules about values, and count as texts of no length."""
    return "" if field.required else f" where {_raw(f'`{field.name}` IS NOT NULL')}"


def _table_rule(rule: TableRule) -> str:
    measured = "RowCount" if rule.metric is Metric.ROW_COUNT and not rule.percent else _measured(rule)
    signs = _COMPARISONS[rule.threshold.operator]
    parts = [
        f"{measured} {sign} {_number(value)}"
        for sign, value in zip(signs, rule.threshold.values, strict=True)
    ]
    word = " and " if rule.threshold.operator is Operator.MUST_BE_BETWEEN else " or "
    whole = parts[0] if len(parts) == 1 else f"({word.join(f'({part})' for part in parts)})"
    name = _raw(rule.name[:_LABEL_MAX])
    return f'{whole} labels=["rule"={name}, "severity"="{rule.severity}"]'


def _measured(rule: TableRule) -> str:
    value = measure(rule, _TABLE)
    if rule.metric is not Metric.SQL:
        value = f"SELECT {value} FROM {_TABLE}"  # noqa: S608 (names and quoted literals)
    return f"CustomSql {_raw(value)}"


def _none_where(condition: str) -> str:
    query = f"SELECT count(*) FROM {_TABLE} WHERE {condition}"  # noqa: S608 (names and quoted literals)
    return f"CustomSql {_raw(query)} = 0"


def _name(column: str) -> str:
    return f'"{column}"'


def _number(value: float) -> str:
    """Write a number without an exponent, which the language lacks."""
    return f"{Number(str(value)):f}".removesuffix(".0")


def _raw(text: str) -> str:
    """Quote a text that keeps its escapes; patterns and SQL literals both take an escaped quote for one."""
    return '"' + re.sub(r'\\.|"', lambda part: part[0] if len(part[0]) > 1 else '\\"', text) + '"'
