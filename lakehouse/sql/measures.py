"""Table rules as Spark SQL, to run on a view of the table's rows.

A number of rows that break a rule is measured as the Open Data Contract Standard names it:
https://bitol-io.github.io/open-data-contract-standard/latest/data-quality/
"""

from lakehouse.model.table_rules import Metric, TableRule

VIEW = "lake_object"
"""Temporary view that measures read."""

_TABLE_PLACEHOLDERS = ("${object}", "${table}")
_COLUMN_PLACEHOLDERS = ("${property}", "${column}")


def measure(rule: TableRule, table: str = VIEW) -> str:
    """Return the measure of a rule: one number.

    For the metric `sql` it is a whole query on the table. For any other it is an aggregate expression over
    its rows, so that all of them fit into one SELECT; null if a percentage of no rows is asked for.
    """
    if rule.metric is Metric.SQL:
        return _query(rule, table)
    rows = _rows(rule)
    return f"100D * ({rows}) / nullif(count(*), 0)" if rule.percent else rows


def literal(text: str) -> str:
    """Quote a text for Spark SQL, which would otherwise replace `${…}` by a setting or variable."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\u0024{")
    return f"'{escaped}'"


def _query(rule: TableRule, table: str) -> str:
    if rule.query is None:
        raise ValueError(f"rule {rule.name} has the metric sql and no query")
    query = rule.query
    for placeholder in _TABLE_PLACEHOLDERS:
        query = query.replace(placeholder, table)
    for column in rule.columns:
        for placeholder in _COLUMN_PLACEHOLDERS:
            query = query.replace(placeholder, f"`{column}`")
    return query


def _rows(rule: TableRule) -> str:
    match rule.metric:
        case Metric.ROW_COUNT:
            return "count(*)"
        case Metric.DUPLICATE_VALUES:
            return _duplicates(rule.columns)
        case Metric.INVALID_VALUES:
            return _count(_invalid(rule))
    (column,) = rule.columns
    missing = f"`{column}` IS NULL"
    if rule.metric is Metric.MISSING_VALUES and rule.texts:
        missing += f" OR `{column}` IN ({_list(rule.texts)})"
    return _count(missing)


def _count(condition: str) -> str:
    """Count the rows that a condition holds for; `count_if` of no rows is null in DuckDB."""
    return f"count(CASE WHEN {condition} THEN 1 END)"


def _duplicates(columns: tuple[str, ...]) -> str:
    """Count the rows beyond the first; a row with a null among the columns is like no other.

    So does UNIQUE of standard SQL, and Spark's `count(DISTINCT …)` of several columns.
    """
    names = [f"`{column}`" for column in columns]
    whole = " AND ".join(f"{name} IS NOT NULL" for name in names)
    return f"{_count(whole)} - count(DISTINCT {', '.join(names)})"


def _invalid(rule: TableRule) -> str:
    """Return the condition of an invalid value: null is none."""
    (column,) = rule.columns
    conditions = []
    if rule.texts:
        conditions.append(f"`{column}` NOT IN ({_list(rule.texts)})")
    if rule.pattern is not None:
        conditions.append(f"NOT `{column}` RLIKE {literal(rule.pattern)}")
    if not conditions:
        raise ValueError(f"rule {rule.name} counts invalid values and says not which are valid")
    return " OR ".join(conditions)


def _list(texts: tuple[str, ...]) -> str:
    return ", ".join(map(literal, texts))
