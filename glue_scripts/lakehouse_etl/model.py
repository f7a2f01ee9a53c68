"""What a job is told about its domain: the manifest as frozen values."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pyspark.sql.types import DataType, LongType, StringType, StructField, StructType

Bound = int | Decimal | str
"""End of a range: a number, or a date or timestamp as a text in ISO 8601 that Spark's cast takes."""


@dataclass(frozen=True)
class Checks:
    """Rules that a single value must satisfy; None where the contract sets no rule."""

    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    exclusive_minimum: Bound | None = None
    exclusive_maximum: Bound | None = None
    min_length: int | None = None
    """Characters of a text, or elements of an array."""
    max_length: int | None = None


@dataclass(frozen=True)
class Field:
    """One column of a contract."""

    name: str
    type: DataType
    required: bool
    masking: Literal["hash", "redact"] | None = None
    checks: Checks = Checks()

    @property
    def stored_required(self) -> bool:
        """Whether the table may demand a value: a redacted column holds null alone."""
        return self.required and self.masking != "redact"


@dataclass(frozen=True)
class TableRule:
    """A rule about a table as a whole."""

    name: str
    kind: Literal["aggregate", "query"]
    sql: str
    """An aggregate expression over the view `lake_object`, or a whole query on it; yields one number."""
    operator: str
    """How the number is compared, by the names of the Open Data Contract Standard."""
    values: tuple[float, ...]
    """What the number is compared with; two for a range, the smaller one first."""
    severity: Literal["error", "warning", "info"]


SYSTEM_COLUMNS = (
    StructField("_source_object", StringType()),
    StructField("_record_hash", LongType()),
)
"""Columns of every silver table, after those of its contract."""

RESCUED = StructField("_rescued", StringType())
"""Last column of a silver table that rescues unknown fields."""


def columns(fields: tuple[Field, ...]) -> StructType:
    """Columns of a contract as its table stores them."""
    return StructType([StructField(field.name, field.type, not field.stored_required) for field in fields])


@dataclass(frozen=True)
class Bronze:
    """Where a dataset's objects arrive and how they are written."""

    location: str
    format: Literal["csv", "json"]
    null_token: str | None
    """CSV text that stands for null, beside the empty text."""


@dataclass(frozen=True)
class Dataset:
    """A source dataset: bronze objects that become rows of one silver table."""

    id: str
    """`<domain>/<name>`."""
    name: str
    bronze: Bronze
    silver_table: str
    quarantine_table: str
    results_table: str
    state_location: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    write: Literal["append", "merge", "overwrite"]
    max_rejected_ratio: float
    unknown_fields: Literal["ignore", "rescue", "reject"] = "ignore"
    """What becomes of fields of a record that the contract does not name."""
    table_rules: tuple[TableRule, ...] = ()

    @property
    def masks(self) -> bool:
        """Whether the masking key is needed."""
        return any(field.masking == "hash" for field in self.fields)

    @property
    def rescues(self) -> bool:
        """Whether silver keeps unknown fields."""
        return self.unknown_fields == "rescue"

    @property
    def silver_columns(self) -> StructType:
        """Columns of the silver table."""
        return StructType([*columns(self.fields), *SYSTEM_COLUMNS, *((RESCUED,) if self.rescues else ())])


@dataclass(frozen=True)
class Product:
    """A gold table and the SQL that makes its whole content."""

    id: str
    """`<domain>/<name>`."""
    name: str
    table: str
    results_table: str
    sql: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    table_rules: tuple[TableRule, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """Everything that the jobs of one domain work on."""

    domain: str
    masking_secret: str
    datasets: tuple[Dataset, ...]
    products: tuple[Product, ...]
    """In build order."""
