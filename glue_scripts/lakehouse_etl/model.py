"""What a job is told about its domain: the manifest as frozen values."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from pyspark.sql.types import DataType, LongType, StringType, StructField, StructType


@dataclass(frozen=True)
class Checks:
    """Rules that a single value must satisfy; None where the contract sets no rule."""

    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    min_length: int | None = None
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


SYSTEM_COLUMNS = (
    StructField("_source_object", StringType()),
    StructField("_record_hash", LongType()),
)
"""Columns of every silver table, after those of its contract."""


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

    name: str
    bronze: Bronze
    silver_table: str
    quarantine_table: str
    state_location: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    write: Literal["append", "merge", "overwrite"]
    max_rejected_ratio: float

    @property
    def masks(self) -> bool:
        """Whether the masking key is needed."""
        return any(field.masking == "hash" for field in self.fields)


@dataclass(frozen=True)
class Product:
    """A gold table and the SQL that makes its whole content."""

    name: str
    table: str
    sql: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Manifest:
    """Everything that the jobs of one domain work on."""

    domain: str
    masking_secret: str
    datasets: tuple[Dataset, ...]
    products: tuple[Product, ...]
    """In build order."""
