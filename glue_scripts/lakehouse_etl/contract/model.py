"""What a job is told about its domain: the manifest as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from lakehouse_etl.contract.declared import NOTHING, Declared
from lakehouse_etl.contract.masking import REDACT, Masking, Method
from lakehouse_etl.contract.source import USUAL, Dialect, SourceFormat
from lakehouse_etl.contract.table_rules import TableRule
from lakehouse_etl.contract.types import LONG, STRING, TIMESTAMPTZ, Member, Type, masks_in, stored

Bound = int | Decimal | str
"""End of a range: a number, or a date or timestamp as a text in ISO 8601."""


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
    type: Type
    required: bool
    masking: Masking | None = None
    checks: Checks = Checks()
    physical_name: str | None = None
    """What it is called in the source; None: as here."""
    source_format: SourceFormat | None = None
    """How the texts of the source write a date or timestamp; None: in ISO 8601."""

    @property
    def source_name(self) -> str:
        """What it is called in the source."""
        return self.name if self.physical_name is None else self.physical_name

    @property
    def stored(self) -> Member:
        """The column of a table: what is redacted holds null alone, and so is optional."""
        return Member(self.name, stored(self.type), self.required and self.masking != REDACT)

    @property
    def masks(self) -> tuple[Masking, ...]:
        """How its values are masked, those of its members among them."""
        whole = () if self.masking is None else (self.masking,)
        return (*whole, *masks_in(self.type))


SYSTEM_COLUMNS = (
    Member("_source_object", STRING),
    Member("_record_hash", LONG),
)
"""Columns of every silver table, after those of its contract."""

RESCUED = Member("_rescued", STRING)
"""Last column of a silver table that rescues unknown fields."""


@dataclass(frozen=True)
class Bronze:
    """Where a dataset's objects arrive and how they are written."""

    location: str
    format: Literal["csv", "json", "parquet"]
    null_token: str | None
    """CSV text that stands for null, beside the empty text."""
    routing_member: str | None = None
    """Member that a shared stream needs in each record; it is known, though no field."""
    dialect: Dialect = USUAL
    """Of CSV alone."""
    table: str = ""
    """`database.table` that shows them."""


@dataclass(frozen=True)
class Versions:
    """What is a version, where each replaces the whole content, and which one counts."""

    order: Literal["name", "arrival"] = "name"
    """By which the newest one is found."""
    marker: str | None = None
    """Name of the object that closes a folder, which then is a version; None: each object is one."""


@dataclass(frozen=True)
class Changes:
    """How the changes of a database table are told: by columns that its files have beside the fields."""

    operation: str
    """I (inserted), U (updated) or D (deleted)."""
    changed_at: str
    """Instant of the commit, as a text in UTC; of a row of a full load, the start of the load."""
    sequence: str
    """Orders the changes of one commit; of a row of a full load it counts for nothing."""
    before: str
    """Prefix of the key columns as they were before an update."""
    deleted_table: str
    """Table of the keys that silver has no longer."""

    @property
    def columns(self) -> tuple[Member, Member]:
        """What silver and the table of deleted keys tell about a change: the order of two of them."""
        return Member(self.changed_at, TIMESTAMPTZ), Member(self.sequence, STRING)

    @property
    def deleted_columns(self) -> tuple[Member, ...]:
        """Columns of the table of deleted keys, after those of the key."""
        return (*self.columns, SYSTEM_COLUMNS[0])


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
    requests_location: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    """Empty where every good record is a row."""
    order_by: tuple[str, ...]
    write: Literal["append", "merge", "overwrite"]
    max_rejected_ratio: float
    unknown_fields: Literal["ignore", "rescue", "reject"] = "ignore"
    """What becomes of fields of a record that the contract does not name."""
    changes: Changes | None = None
    """None: objects hold records, not changes of a database table."""
    table_rules: tuple[TableRule, ...] = ()
    retention_days: int | None = None
    """Days after which bronze objects expire, and rejected records with them; None: never."""
    look_back_hours: int = 366 * 24
    """How far behind the newest ones objects may lie when they come."""
    versions: Versions = Versions()
    """Only of a dataset that is overwritten."""
    engine: Literal["function", "glue"] | None = None
    """Who takes what is new, whatever its size; None: its size says who."""
    freshness_hours: int | None = None
    """Hours within which the contract promises something new; None: it promises nothing."""
    personal: Declared = NOTHING
    version: str = ""
    """Of the contract."""
    event_time: str | None = None
    """Column by which events are timed; None: there is none."""
    by_event: bool = False
    """Whether `freshness_hours` is about the newest event, and not about its arrival."""
    records_per_day: int | None = None
    """Fewest that the contract expects on a day; None: it expects nothing."""

    @property
    def columns(self) -> tuple[Member, ...]:
        """Columns of the silver table."""
        columns = (field.stored for field in self.fields)
        rescued = (RESCUED,) if self.rescues else ()
        changes = self.changes.columns if self.changes else ()
        return (*columns, *SYSTEM_COLUMNS, *rescued, *changes)

    def masks_by(self, method: Method) -> bool:
        """Whether any value is masked so."""
        return any(masking.method == method for field in self.fields for masking in field.masks)

    @property
    def rescues(self) -> bool:
        """Whether silver keeps unknown fields."""
        return self.unknown_fields == "rescue"


@dataclass(frozen=True)
class Input:
    """A table that a product reads."""

    id: str
    """`<domain>/<name>`."""
    layer: Literal["silver", "gold"]
    table: str


@dataclass(frozen=True)
class PartitionField:
    """One Iceberg partition field."""

    source: str
    transform: str


@dataclass(frozen=True)
class Refresh:
    """How a product tells which of its parts to make anew; a part is all rows of one period or value."""

    input: Input
    """The input whose changes count."""
    column: str
    """Column of that input and of the product."""
    transform: str
    """`identity`, `day`, `month` or `year`: how the product is partitioned by the column."""


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
    inputs: tuple[Input, ...] = ()
    partition: tuple[PartitionField, ...] = ()
    refresh: Refresh | None = None
    """None for a product whose whole content is made anew when an input has changed."""
    volatile: bool = False
    """Whether the SQL may yield other rows from the same inputs, as with today's date."""
    freshness_hours: int | None = None
    """Hours within which the contract promises another version; None: it promises nothing."""
    version: str = ""
    """Of the contract."""
    by_event: bool = False
    """Whether `freshness_hours` is about the newest event, and not about versions."""
    made_of: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Columns of inputs, as id and name, by the column that the SQL makes of them, where it tells."""
