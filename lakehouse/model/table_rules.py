"""Rules about whole tables: what is measured, and what the measured value must be."""

from dataclasses import dataclass
from enum import StrEnum

from lakehouse.model.fields import Field, every_field
from lakehouse.model.masking import REDACT


class Metric(StrEnum):
    """What a rule measures, by the names of the Open Data Contract Standard."""

    ROW_COUNT = "rowCount"
    NULL_VALUES = "nullValues"
    MISSING_VALUES = "missingValues"
    """Rows in which the column is null or holds one of the texts that stand for a missing value."""
    INVALID_VALUES = "invalidValues"
    """Rows in which the column has a value that is not among the valid ones."""
    DUPLICATE_VALUES = "duplicateValues"
    """Rows beyond the first of each combination of values."""
    SQL = "sql"
    """The one number that a query returns."""


class Operator(StrEnum):
    """How a measured value is compared, by the names of the Open Data Contract Standard."""

    MUST_BE = "mustBe"
    MUST_NOT_BE = "mustNotBe"
    MUST_BE_GREATER_THAN = "mustBeGreaterThan"
    MUST_BE_GREATER_OR_EQUAL_TO = "mustBeGreaterOrEqualTo"
    MUST_BE_LESS_THAN = "mustBeLessThan"
    MUST_BE_LESS_OR_EQUAL_TO = "mustBeLessOrEqualTo"
    MUST_BE_BETWEEN = "mustBeBetween"
    """Both ends count as between."""
    MUST_NOT_BE_BETWEEN = "mustNotBeBetween"


_SIGNS = {
    Operator.MUST_BE: "= {0:.15g}",
    Operator.MUST_NOT_BE: "≠ {0:.15g}",
    Operator.MUST_BE_GREATER_THAN: "> {0:.15g}",
    Operator.MUST_BE_GREATER_OR_EQUAL_TO: "≥ {0:.15g}",
    Operator.MUST_BE_LESS_THAN: "< {0:.15g}",
    Operator.MUST_BE_LESS_OR_EQUAL_TO: "≤ {0:.15g}",
    Operator.MUST_BE_BETWEEN: "{0:.15g} to {1:.15g}",
    Operator.MUST_NOT_BE_BETWEEN: "not {0:.15g} to {1:.15g}",
}


class Severity(StrEnum):
    """What follows when a rule is broken."""

    ERROR = "error"
    """The run fails, and gold is not built from what broke the rule."""
    WARNING = "warning"
    """The result is recorded."""
    INFO = "info"
    """The result is recorded."""


@dataclass(frozen=True)
class Threshold:
    """What a measured value must be."""

    operator: Operator
    values: tuple[float, ...]
    """One number; two for `mustBeBetween` and `mustNotBeBetween`, the smaller one first."""

    def __str__(self) -> str:
        """As people write it: `≥ 1`, `0 to 5`."""
        return _SIGNS[self.operator].format(*self.values)


@dataclass(frozen=True)
class TableRule:
    """A rule about a table as a whole, measured on what readers will see."""

    name: str
    """Unique in its dataset."""
    description: str
    metric: Metric
    threshold: Threshold
    columns: tuple[str, ...] = ()
    """Columns that are measured; empty for `rowCount` and `sql`."""
    percent: bool = False
    """Whether the value is a share of all rows, 0 to 100, and not a number of rows."""
    severity: Severity = Severity.ERROR
    texts: tuple[str, ...] = ()
    """Valid texts of `invalidValues`, or texts of `missingValues` that stand for a missing value."""
    pattern: str | None = None
    """Pattern of the valid texts of `invalidValues`."""
    query: str | None = None
    """Spark SQL of metric `sql`; it names the table `${object}` and returns one number."""

    def sees(self, column: Field) -> bool:
        """Whether stored values tell what the rule asks of a column; masking may have changed them."""
        masks = [part.masking for part in every_field([column]) if part.masking]
        if column.masking == REDACT:
            return False
        if self.metric is Metric.DUPLICATE_VALUES:
            return not any(mask.merges for mask in masks)
        compares = self.metric in (Metric.INVALID_VALUES, Metric.MISSING_VALUES)
        return not (masks and compares and (self.texts or self.pattern is not None))
