"""Reads the quality rules about a table as a whole, those of its columns among them.

A rule under which no invalid value is allowed at all is none of them: records that break it are rejected
(see `checks`).
"""

from typing import Any, cast

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.model.fields import Field, Map, Scalar
from lakehouse.model.table_rules import Metric, Operator, Severity, TableRule, Threshold
from lakehouse.odcs.column.checks import check_pattern, is_row_rule, text_of_list
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property, Quality, SchemaObject

_UNITS = ("rows", "percent")
_RANGES = (Operator.MUST_BE_BETWEEN, Operator.MUST_NOT_BE_BETWEEN)
_ARGUMENTS: dict[Metric, tuple[str, ...]] = {
    Metric.MISSING_VALUES: ("missingValues",),
    Metric.INVALID_VALUES: ("validValues", "pattern"),
    Metric.DUPLICATE_VALUES: ("properties",),
}
_PATHS: tuple[KeyPath, KeyPath] = (("schema", 0, "quality"), ("schema", 0, "properties"))


def read_table_rules(
    table: SchemaObject, fields: tuple[Field, ...], key: tuple[str, ...], findings: Findings
) -> tuple[TableRule, ...]:
    """Return the rules of the table, then those of its columns, in the order of the contract."""
    by_name = {field.name: field for field in fields}
    rules = [
        _Reader(quality, (*_PATHS[0], at), None, by_name, findings).rule()
        for at, quality in enumerate(table.get("quality", []))
    ]
    for at, column in enumerate(table.get("properties", [])):
        path = (*_PATHS[1], at)
        rules += [
            _Reader(quality, (*path, "quality", number), column["name"], by_name, findings).rule()
            for number, quality in enumerate(column.get("quality", []))
            if not is_row_rule(quality)
        ]
        if column.get("unique") and key != (column["name"],):
            rules.append(_unique(column))
    found = tuple(rule for rule in rules if rule is not None)
    _check_names(found, findings)
    for rule in found:
        _check_measurable(rule, by_name, findings)
    return found


def _unique(column: Property) -> TableRule:
    name = column["name"]
    threshold = Threshold(Operator.MUST_BE, (0,))
    return TableRule(f"unique({name})", f"No {name} twice.", Metric.DUPLICATE_VALUES, threshold, (name,))


def _check_names(rules: tuple[TableRule, ...], findings: Findings) -> None:
    names = [rule.name for rule in rules]
    for name in {name for name in names if names.count(name) > 1}:
        findings.add(_PATHS[0], name, "each rule name once", "give each of these rules a `name`")


def _check_measurable(rule: TableRule, fields: dict[str, Field], findings: Findings) -> None:
    """Refuse what stored values cannot tell: masking has changed them, and maps do not compare."""
    for name in rule.columns:
        field = fields.get(name)
        if field is None or rule.metric is Metric.SQL:
            continue
        if not rule.sees(field):
            fix = "let the rule reject records (invalidValues, mustBe: 0), which sees the clear value"
            findings.add(_PATHS[1], f"{rule.name} on masked {name}", "rules on what is stored", fix)
        if rule.metric is Metric.DUPLICATE_VALUES and isinstance(field.type, Map):
            findings.add(_PATHS[1], f"{rule.name} on a map", "columns that can be compared", "remove it")


class _Reader:
    """Reads one rule; faults are noted as they are met."""

    def __init__(
        self,
        quality: Quality,
        path: KeyPath,
        column: str | None,
        fields: dict[str, Field],
        findings: Findings,
    ) -> None:
        self._quality = quality
        self._path = path
        self._column = column
        self._fields = fields
        self._findings = findings

    def rule(self) -> TableRule | None:
        """Return the rule; None for text, and after a fault."""
        kind = self._quality.get("type")
        if kind == "text":
            return None
        if kind == "custom":
            self._note("type", kind, "library, sql, text", "write it as an SQL rule")
            return None
        metric, threshold, severity = self._metric(), self._threshold(), self._severity()
        if metric is None:
            return None
        columns, percent = self._columns(metric), self._percent(metric)
        texts, pattern = self._arguments(metric)
        if threshold is None:
            return None
        description = " ".join(self._quality.get("description", "").split())
        default = f"{metric.value}({', '.join(columns)})" if columns else metric.value
        name = self._quality.get("name") or self._quality.get("id") or default
        return TableRule(
            name=name,
            description=description or f"{name} {threshold}",
            metric=metric,
            threshold=threshold,
            columns=columns,
            percent=percent,
            severity=severity,
            texts=texts,
            pattern=pattern,
            query=self._quality.get("query"),
        )

    def _metric(self) -> Metric | None:
        """Return what is measured; the standard's schema judges a text alone, and has noted it already."""
        if self._quality.get("type") == "sql":
            return Metric.SQL
        names = [each.value for each in Metric if each is not Metric.SQL]
        if "metric" in self._quality:
            metric = self._quality["metric"]
            if metric in names:
                return Metric(metric)
            self._note("metric", metric, one_of(names), nearest(metric, names))
        elif not self._findings.has((*self._path, "metric")):
            self._note("metric", "nothing", "what to measure", "add the key")
        return None

    def _note(self, key: str, got: object, allowed: str, fix: str) -> None:
        self._findings.add((*self._path, key), got, allowed, fix)

    def _columns(self, metric: Metric) -> tuple[str, ...]:
        own: tuple[str, ...] = () if self._column is None else (self._column,)
        if metric is Metric.DUPLICATE_VALUES and not own:
            wanted = self._quality.get("arguments", {}).get("properties")
            own = text_of_list(wanted, (*self._path, "arguments", "properties"), self._findings)
            for name in own:
                if name not in self._fields:
                    fix = nearest(name, self._fields)
                    self._note("arguments", name, one_of(self._fields), fix)
        elif metric is Metric.ROW_COUNT and own:
            self._note("metric", metric.value, "this metric on the table", "move it to the table's quality")
        elif metric not in (Metric.ROW_COUNT, Metric.SQL) and not own:
            self._note("metric", metric.value, "this metric on a column", "move it to the column's quality")
        return own

    def _arguments(self, metric: Metric) -> tuple[tuple[str, ...], str | None]:
        arguments = self._given()
        allowed = _ARGUMENTS.get(metric, ())
        for key in (key for key in arguments if key not in allowed):
            self._note("arguments", key, one_of(allowed), nearest(key, allowed))
        listed = next((key for key in ("validValues", "missingValues") if key in arguments), None)
        texts: tuple[str, ...] = ()
        if listed in allowed:
            texts = text_of_list(arguments[listed], (*self._path, "arguments", listed), self._findings)
        pattern = arguments.get("pattern") if "pattern" in allowed else None
        if pattern is not None:
            check_pattern(pattern, (*self._path, "arguments", "pattern"), self._findings)
        if metric is Metric.INVALID_VALUES and not texts and pattern is None:
            self._note("arguments", arguments, "validValues, pattern", "say which values are valid")
        self._check_text(texts, pattern)
        return texts, cast("str | None", pattern)

    def _given(self) -> dict[str, object]:
        """Return the arguments; the standard's schema does not judge those of an SQL rule."""
        arguments = self._quality.get("arguments", {})
        if isinstance(arguments, dict):
            return arguments
        self._note("arguments", arguments, "keys with values", "remove it")
        return {}

    def _check_text(self, texts: tuple[str, ...], pattern: object) -> None:
        if not texts and pattern is None:
            return
        if self._column is not None and self._fields[self._column].type is not Scalar.STRING:
            self._note("arguments", "texts", "a rule on a string column", "use an SQL rule for this type")

    def _threshold(self) -> Threshold | None:
        operator = next((each for each in Operator if each.value in self._quality), None)
        if operator is None:
            self._note("mustBe", "nothing", "what the value must be, such as `mustBe`", "add the key")
            return None
        value = cast("dict[str, Any]", self._quality)[operator.value]
        values: list[Any] = value if operator in _RANGES and isinstance(value, list) else [value]
        if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in values):
            self._note(operator.value, value, "a number", "compare what is measured with a number")
            return None
        if values != sorted(values):
            self._note(operator.value, value, "the smaller number first", "exchange them")
        return Threshold(operator, tuple(values))

    def _percent(self, metric: Metric) -> bool:
        unit = self._quality.get("unit", "rows")
        allowed = _UNITS[:1] if metric in (Metric.ROW_COUNT, Metric.SQL) else _UNITS
        if unit not in allowed:
            self._note("unit", unit, one_of(allowed), nearest(unit, allowed))
        return unit == "percent"

    def _severity(self) -> Severity:
        known = {each.value: each for each in Severity}
        severity = self._quality.get("severity", Severity.ERROR.value)
        if severity not in known:
            self._note("severity", severity, one_of(known), nearest(severity, known))
        return known.get(severity, Severity.ERROR)
