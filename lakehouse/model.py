"""Datasets as frozen values, built from contracts and read by everything downstream.

Nothing here knows the Open Data Contract Standard, AWS or Spark: `odcs` builds these values, and one
module per target (`glue`, `iceberg`, `manifest`) derives from them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """Zones of the medallion lake, each with its bucket, key and databases."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    QUARANTINE = "quarantine"


class Scalar(StrEnum):
    """Scalar types, by the names that the Iceberg specification gives them."""

    BOOLEAN = "boolean"
    INT = "int"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    DATE = "date"
    TIMESTAMP = "timestamp"
    """Without a zone."""
    TIMESTAMPTZ = "timestamptz"
    """An instant, stored in UTC."""
    STRING = "string"
    BINARY = "binary"


@dataclass(frozen=True)
class Decimal:
    """Fixed-point number."""

    precision: int
    scale: int


@dataclass(frozen=True)
class Array:
    """Ordered elements of one type."""

    element: "Type"


@dataclass(frozen=True)
class Map:
    """Keys of one type to values of another."""

    key: "Type"
    value: "Type"


@dataclass(frozen=True)
class Struct:
    """Named fields."""

    fields: tuple["Field", ...]


Type = Scalar | Decimal | Array | Map | Struct


CLASSIFICATIONS = ("public", "internal", "confidential", "restricted")
"""How sensitive a value is, least first."""


class Masking(StrEnum):
    """What happens to a personal value before it is written to silver."""

    HASH = "hash"
    """HMAC-SHA-256 under the lake's masking key, in hex: equal values stay joinable."""
    REDACT = "redact"
    """Replaced by null."""


@dataclass(frozen=True)
class Checks:
    """Rules that a single value must satisfy; None where the contract sets no rule."""

    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None


@dataclass(frozen=True)
class Field:
    """One column, or one member of a nested type."""

    name: str
    type: Type
    required: bool
    description: str
    classification: str = "internal"
    """One of `CLASSIFICATIONS`."""
    masking: Masking | None = None
    checks: Checks = Checks()


class Mode(StrEnum):
    """How records of a dataset arrive."""

    STREAM = "stream"
    FILES = "files"


class Format(StrEnum):
    """Encoding of a dataset's bronze objects."""

    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Ingestion:
    """How a dataset reaches bronze."""

    mode: Mode
    format: Format
    null_token: str | None = None
    """CSV text that stands for null, beside the empty text."""


class Write(StrEnum):
    """How new records change a table."""

    MERGE = "merge"
    """The newest version of each key replaces the older one."""
    APPEND = "append"
    """Records are facts that never change; only exact repeats of a key are dropped."""
    OVERWRITE = "overwrite"
    """The whole content is replaced in one commit."""


@dataclass(frozen=True)
class PartitionField:
    """One Iceberg partition field."""

    source: str
    transform: str
    """`identity`, `year`, `month`, `day`, `hour`, `bucket[N]` or `truncate[N]`."""


@dataclass(frozen=True)
class Dataset:
    """One data product: a source dataset (bronze and silver) or a gold product."""

    domain: str
    name: str
    version: str
    layer: Layer
    """`SILVER` for a source dataset, `GOLD` for a product."""
    description: str
    owner: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    order_by: tuple[str, ...]
    """Columns whose greatest value decides which version of a key wins; empty: content decides."""
    partition: tuple[PartitionField, ...]
    write: Write
    ingestion: Ingestion | None
    """None for a gold product."""
    sql: str | None
    """None for a source dataset. Names tables as `<layer>_<domain>.<dataset>`."""
    inputs: tuple[str, ...]
    """Ids of the datasets that the SQL reads, as `<domain>/<name>`; empty for a source dataset."""
    max_rejected_ratio: float
    """Share of rejected records, 0 to 1, above which the run fails after quarantining them."""
    freshness_hours: float | None
    """Hours after which the table counts as stale."""
    source: str
    """Path of the contract, relative to the project."""

    @property
    def id(self) -> str:
        """`<domain>/<name>`."""
        return f"{self.domain}/{self.name}"

    @property
    def classification(self) -> str:
        """Classification of the most sensitive column."""
        return max((field.classification for field in self.fields), key=CLASSIFICATIONS.index)


@dataclass(frozen=True)
class Lake:
    """Every dataset of the project, in a stable order."""

    datasets: tuple[Dataset, ...]

    @property
    def domains(self) -> tuple[str, ...]:
        """Names of the domains, sorted."""
        return tuple(sorted({dataset.domain for dataset in self.datasets}))

    def of_domain(self, domain: str) -> tuple[Dataset, ...]:
        """Datasets of one domain, sources first, products in the order in which they must be built."""
        return tuple(dataset for dataset in self.datasets if dataset.domain == domain)
