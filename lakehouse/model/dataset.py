"""Datasets as frozen values that know neither the standard nor AWS: `odcs` builds, targets read them."""

from dataclasses import dataclass, field
from enum import StrEnum

from config.faults import Fault
from lakehouse.model.access import NOBODY, AccessPolicy, Reader
from lakehouse.model.dialect import USUAL, Dialect
from lakehouse.model.engine import Engine
from lakehouse.model.fields import CLASSIFICATIONS, Field, every_field
from lakehouse.model.service import UNPROMISED, ServiceLevel, Volume
from lakehouse.model.size import Size
from lakehouse.model.table_rules import TableRule
from lakehouse.model.versions import Versions


class Layer(StrEnum):
    """Zones of the medallion lake, each with its bucket, key and databases."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    QUARANTINE = "quarantine"


class Mode(StrEnum):
    """How records of a dataset arrive."""

    STREAM = "stream"
    """Through a Kinesis stream, of its own or shared with others."""
    FILES = "files"
    """As files dropped into landing."""


class Content(StrEnum):
    """What a record means."""

    RECORDS = "records"
    """A row, or a newer version of one."""
    CHANGES = "changes"
    """A change of a row of a database table, in the layout of AWS DMS: inserted, updated or deleted."""


class Transform(StrEnum):
    """What becomes of the records of a stream before they are delivered to bronze."""

    JSON_LINES = "json_lines"
    """Gzip is unpacked, arrays are split into one object a line, what is no JSON is refused."""


class UnknownFields(StrEnum):
    """What becomes of fields of a record that the contract does not name."""

    IGNORE = "ignore"
    """They stay in bronze; silver has the rest of the record."""
    RESCUE = "rescue"
    """They are kept, unmasked, as one JSON text in the column `_rescued`."""
    REJECT = "reject"
    """The record is rejected."""


class Format(StrEnum):
    """Encoding of a dataset's bronze objects."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class Source:
    """The feature that brings a dataset's records, where the environment has it on."""

    feature: str
    """Name of its folder in `stacks/features`."""
    options: tuple[tuple[str, str], ...] = ()
    """What the feature is told about the dataset, sorted by name."""
    files: tuple[tuple[str, str], ...] = ()
    """Texts of files beside the contract that the feature needs, by name."""
    size: Size = field(default=Size(), compare=False)
    """What it adds to the template of the dataset's stack."""

    def __str__(self) -> str:
        """For people: `dms (schema core, table accounts)`."""
        told = ", ".join(f"{name} {value}" for name, value in self.options)
        return f"{self.feature} ({told})" if told else self.feature

    def option(self, name: str) -> str | None:
        """Return what is said of the name; None if nothing is."""
        return dict(self.options).get(name)


@dataclass(frozen=True)
class Ingestion:
    """How a dataset reaches bronze."""

    mode: Mode
    format: Format
    null_token: str | None = None
    """CSV text that stands for null, beside the empty text."""
    unknown_fields: UnknownFields = UnknownFields.IGNORE
    stream: str | None = None
    """Name of the stream that the dataset shares with others; None: it has its own, or none."""
    transform: Transform | None = None
    """None: the records of a stream reach bronze as they came."""
    content: Content = Content.RECORDS
    dialect: Dialect = USUAL
    """Of CSV alone."""
    source: Source | None = None
    """None: whoever has the records puts them on the stream, or drops them into landing."""


class Write(StrEnum):
    """How new records change a table."""

    MERGE = "merge"
    """The newest version of each key replaces the older one."""
    APPEND = "append"
    """Records are facts that never change: the first one of each key stays; without a key, all do."""
    OVERWRITE = "overwrite"
    """The whole content is replaced in one commit."""
    OVERWRITE_PARTITIONS = "overwrite_partitions"
    """Of a product: those partitions are replaced, in one commit, whose input changed."""


@dataclass(frozen=True)
class PartitionField:
    """One Iceberg partition field."""

    source: str
    transform: str
    """`identity`, `year`, `month`, `day`, `hour`, `bucket[N]` or `truncate[N]`."""


@dataclass(frozen=True)
class Refresh:
    """How a product tells which of its partitions to make anew."""

    input: str
    """Id of the dataset whose changes count, `<domain>/<name>`."""
    column: str
    """Column of that dataset and of the product; rows of one value are made from rows of the same value."""


@dataclass(frozen=True)
class Relationship:
    """Columns whose values are keys of another dataset."""

    columns: tuple[str, ...]
    target: str
    """Id of the other dataset, `<domain>/<name>`."""
    target_columns: tuple[str, ...]


@dataclass(frozen=True)
class Documentation:
    """What people read."""

    title: str = ""
    status: str = ""
    """Beside people, `drafts` reads it."""
    usage: str = ""
    limitations: str = ""
    members: tuple[str, ...] = ()
    """People of the team that owns the dataset."""


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
    """Empty where nothing tells whether two records are versions of one: under `append` and `overwrite`."""
    order_by: tuple[str, ...]
    """Columns whose greatest value decides which version of a key wins; empty: what came last."""
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
    source: str
    """Path of the contract, relative to the project."""
    service: ServiceLevel = UNPROMISED
    rules: tuple[TableRule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    readers: tuple[Reader, ...] = ()
    """What the contract says of single personas."""
    part: int = 1
    """Which of the domain's stacks holds the dataset."""
    documentation: Documentation = Documentation()
    refresh: Refresh | None = None
    """Only of a product that is refreshed in parts."""
    versions: Versions | None = None  # only of a source dataset that is overwritten
    engine: Engine | None = None
    """None: the size of what is new says who brings it in."""
    volume: Volume | None = None  # only of a source dataset whose contract says it

    @property
    def id(self) -> str:
        """`<domain>/<name>`."""
        return f"{self.domain}/{self.name}"

    @property
    def classification(self) -> str:
        """Classification of the most sensitive column or nested member."""
        return max((field.classification for field in every_field(self.fields)), key=CLASSIFICATIONS.index)

    @property
    def is_narrowed(self) -> bool:
        """Whether the contract says of any persona what the tags of tables and columns cannot say."""
        return any(reader.narrows for reader in self.readers)


@dataclass(frozen=True)
class Lake:
    """Every dataset of the project, in a stable order."""

    datasets: tuple[Dataset, ...]
    access: AccessPolicy = field(default=NOBODY, hash=False)
    """What people may read."""
    warnings: tuple[Fault, ...] = ()
    """What is valid, and yet most likely not meant."""

    @property
    def domains(self) -> tuple[str, ...]:
        """Names of the domains, sorted."""
        return tuple(sorted({dataset.domain for dataset in self.datasets}))

    def of_domain(self, domain: str) -> tuple[Dataset, ...]:
        """Datasets of one domain, sources first, products in the order in which they must be built."""
        return tuple(dataset for dataset in self.datasets if dataset.domain == domain)
