"""What generated data can promise about whole tables: rules that hold if every row follows them."""

from collections.abc import Iterator
from dataclasses import replace

from lakehouse.model.dataset import Dataset, Format
from lakehouse.model.fields import Field
from lakehouse.model.table_rules import Metric, Operator, TableRule, Threshold

_NEVER_NULL = (Metric.NULL_VALUES, Metric.MISSING_VALUES)


def promised_fields(dataset: Dataset) -> tuple[Field, ...]:
    """The columns with the table rules about their values, which no generated row breaks."""
    fields = {field.name: field for field in dataset.fields}
    for rule in dataset.rules:
        for name in rule.columns:
            fields[name] = _promised(fields[name], rule)
    return tuple(fields.values())


def unwanted_texts(dataset: Dataset) -> dict[str, frozenset[str]]:
    """Texts that a column must not hold, since they would count as missing, by the name of the column."""
    none: set[str] = set()
    if dataset.ingestion and dataset.ingestion.format is Format.CSV:
        none = {"", dataset.ingestion.null_token or ""}
    unwanted = {field.name: set(none) for field in dataset.fields}
    for rule in dataset.rules:
        if rule.metric is Metric.MISSING_VALUES:
            unwanted[rule.columns[0]].update(rule.texts)
    return {name: frozenset(texts) for name, texts in unwanted.items()}


def unique_columns(dataset: Dataset) -> tuple[tuple[str, ...], ...]:
    """Combinations of columns that no two rows share, the key first, if there is one."""
    rules = (rule.columns for rule in dataset.rules if rule.metric is Metric.DUPLICATE_VALUES)
    return (*([dataset.key] if dataset.key else []), *rules)


def row_counts(dataset: Dataset, usual: int, most: int) -> Iterator[int]:
    """Yield the numbers of rows, best first, under which every rule about their number holds."""
    rules = [rule.threshold for rule in dataset.rules if rule.metric is Metric.ROW_COUNT and not rule.percent]
    ends = [int(value) + step for threshold in rules for value in threshold.values for step in (0, 1, -1)]
    for count in (usual, *ends):
        if 0 < count <= most and all(holds(threshold, count) for threshold in rules):
            yield count


def holds(threshold: Threshold, value: float) -> bool:
    """Whether a measured value is what it must be."""
    first, last = threshold.values[0], threshold.values[-1]
    return {
        Operator.MUST_BE: value == first,
        Operator.MUST_NOT_BE: value != first,
        Operator.MUST_BE_GREATER_THAN: value > first,
        Operator.MUST_BE_GREATER_OR_EQUAL_TO: value >= first,
        Operator.MUST_BE_LESS_THAN: value < first,
        Operator.MUST_BE_LESS_OR_EQUAL_TO: value <= first,
        Operator.MUST_BE_BETWEEN: first <= value <= last,
        Operator.MUST_NOT_BE_BETWEEN: not first <= value <= last,
    }[threshold.operator]


def _promised(field: Field, rule: TableRule) -> Field:
    if rule.metric in _NEVER_NULL:
        return replace(field, required=True)
    if rule.metric is not Metric.INVALID_VALUES:
        return field
    checks = field.checks
    if rule.texts:
        common = tuple(text for text in rule.texts if checks.allowed is None or text in checks.allowed)
        checks = replace(checks, allowed=common or checks.allowed)
    return replace(field, checks=replace(checks, pattern=checks.pattern or rule.pattern))
