"""Table rules for tests, compiled from their SQL as those of contracts are."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lakehouse_etl.contract.manifest import _table_rules
from lakehouse_etl.contract.table_rules import TableRule

from lakehouse.model.fields import Decimal, Scalar, Type
from lakehouse.sql.figures import taken_apart
from lakehouse.sql.measures import VIEW

_DECIMAL = re.compile(r"decimal\((\d+), ?(\d+)\)")


def compiled(rule: Mapping[str, Any], columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as a manifest has it: `sql` is an aggregate, or a query if `kind` says so.

    `columns` are types as a manifest has them; rules know those of single values.
    """
    kinds = {name: kind for name, kind in ((name, _kind(each)) for name, each in columns.items()) if kind}
    kinds |= {"_source_object": Scalar.STRING, "_record_hash": Scalar.LONG}
    sql = rule["sql"] if rule["kind"] == "query" else f"SELECT {rule['sql']} FROM {VIEW}"  # noqa: S608 (a test's own)
    rest = {name: value for name, value in rule.items() if name not in ("kind", "sql")}
    return {**asdict(taken_apart(sql, kinds)), **rest}


def aggregate(name: str, sql: str, operator: str, *values: float, columns: Mapping[str, Any]) -> TableRule:
    """Return a rule about an aggregate, as a job has it."""
    rule = {
        "name": name, "kind": "aggregate", "sql": sql, "operator": operator, "values": values,
        "severity": "error",
    }  # fmt: skip
    [found] = _table_rules([compiled(rule, columns)])
    return found


def _kind(value: Any) -> Type | None:
    if not isinstance(value, str):
        return None
    if decimal := _DECIMAL.fullmatch(value):
        return Decimal(int(decimal[1]), int(decimal[2]))
    return Scalar(value)
