"""The `lake.*` custom properties of a contract: what the lake needs and the standard lacks."""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, NonNegativeFloat, model_validator

from config.document import KeyPath
from config.section import Section
from config.validation import validate
from lakehouse.model.dataset import Content, Format, Mode, Transform, UnknownFields, Write
from lakehouse.model.engine import Engine
from lakehouse.model.versions import VersionOrder
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Contract

_CALL = re.compile(r"(?P<transform>\w+)\((?:(?P<size>\d+),\s*)?(?P<source>\w+)\)")
_TRANSFORM = r"^(identity|year|month|day|hour|bucket\[[1-9]\d*\]|truncate\[[1-9]\d*\])$"


_ON_LINE = r"^[^\r\n]+$"
_Character = Annotated[str, Field(min_length=1, max_length=1, pattern=_ON_LINE)]

Encoding = Literal[
    "utf-8", "utf-16", "iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1250", "windows-1251",
    "windows-1252", "windows-1253", "windows-1254", "ibm437", "ibm850", "koi8-r", "shift_jis", "euc-jp",
    "gb18030", "big5", "euc-kr",
]  # fmt: skip
"""Names of https://www.iana.org/assignments/character-sets that Python knows, too."""


class SourceProperties(Section):
    """The feature that brings the records. Which keys stand beside its name, the feature says."""

    model_config = ConfigDict(extra="allow")

    feature: str
    """Name of the feature; where an environment does not have it on, somebody else brings the records."""


class DialectProperties(Section):
    """How CSV is written."""

    delimiter: Annotated[str, Field(min_length=1, max_length=8, pattern=_ON_LINE)] = ","
    """What stands between two values, as in `";"`, `"\\t"`, `"\\x01"`, `"||"`."""
    quote_char: _Character | None = Field('"', alias="quoteChar")
    """What encloses values that hold a delimiter or a line break, twice where it is one of a value; `null`:
    nothing does."""
    escape_char: _Character | None = Field(None, alias="escapeChar")
    """What stands before a quote that is one of a value, and before itself, as `"\\\\"` does in Spark's and
    Hive's CSV; with `quoteChar: null` before a delimiter."""
    encoding: Encoding = "utf-8"
    """How texts are bytes; `utf-16` with a byte order mark, else little-endian."""
    header: bool = True
    """Whether the first record names the columns; `false`: they come in the order of the contract."""
    decimal_char: _Character = Field(".", alias="decimalChar")
    """What stands before the fraction of a number."""
    group_char: _Character | None = Field(None, alias="groupChar")
    """What may stand between thousands."""


class IngestionProperties(Section):
    """How records arrive."""

    mode: Mode
    """`stream`: JSON records of a Kinesis stream. `files`: files dropped into the landing bucket."""
    content: Content = Content.RECORDS
    """`records`: each is a row. `changes`, in files only: each tells a change of a row of a database table,
    in the layout of AWS DMS; the dataset is kept equal to the table."""
    format: Format
    """How bronze keeps the records: `json` (one object a line), `csv` (as `dialect` says) or `parquet`."""
    dialect: DialectProperties | None = None
    """How CSV is written where it is not with commas, double quotes, a header and UTF-8."""
    null_token: Annotated[str, Field(min_length=1)] | None = Field(None, alias="nullToken")
    """CSV text that stands for null, beside the empty text."""
    unknown_fields: UnknownFields = Field(UnknownFields.IGNORE, alias="unknownFields")
    """What becomes of fields that the contract does not name: `ignore` leaves them in bronze, `rescue` keeps
    them, unmasked, in the column `_rescued`, `reject` rejects the record."""
    stream: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)] | None = None
    """Name of a stream that several datasets share; the member `dataset` of each record names its own, as
    `<domain>/<dataset>`."""
    transform: Transform | None = None
    """`json_lines` unpacks and splits the records of a stream before they reach bronze."""
    source: SourceProperties | None = None
    """The feature that brings the records."""


class PartitionProperties(Section):
    """One partition field."""

    source: str
    """Name of the column."""
    transform: Annotated[str, Field(pattern=_TRANSFORM)]
    """`identity`, `year`, `month`, `day`, `hour`, `bucket[N]` or `truncate[N]`."""


def _expand(entry: object) -> object:
    """Read `column`, `day(column)` or `bucket(16, column)`, as Spark and Athena write partitions."""
    if not isinstance(entry, str):
        return entry
    if call := _CALL.fullmatch(entry.strip()):
        size = f"[{call['size']}]" if call["size"] else ""
        return {"source": call["source"], "transform": call["transform"] + size}
    return {"source": entry, "transform": "identity"}


PartitionEntry = Annotated[
    PartitionProperties, BeforeValidator(_expand, json_schema_input_type=PartitionProperties | str)
]


class QualityGate(Section):
    """When a run counts as failed; without it, one rejected record is enough."""

    max_rejected_ratio: float = Field(alias="maxRejectedRatio", ge=0, le=1)
    """Share of rejected records, 0 to 1, above which the run fails after quarantining them."""


class RefreshProperties(Section):
    """Which partitions of a product are made anew: those whose input changed."""

    input: str
    """Id of the dataset whose changes count, `<domain>/<name>`; the SQL reads it."""
    column: str
    """Column of that dataset and of the product; rows of one value are made from rows of the same value."""


class VersionProperties(Section):
    """What is a version under `overwrite`, and which one counts."""

    order: VersionOrder = VersionOrder.NAME
    """`name`: the greatest name is the newest version, numbers in it compared as numbers. `arrival`: the one
    that landed last."""
    marker: Annotated[str, Field(pattern=r"^[_.][A-Za-z0-9._-]*[A-Za-z0-9]$", max_length=100)] | None = None
    """Name of the file, such as `_SUCCESS`, that closes a folder of landing, which then is a version; without
    it each file is one."""


class VolumeProperties(Section):
    """How much comes."""

    records_per_day: Annotated[tuple[NonNegativeFloat, ...], Field(min_length=2, max_length=2)] = Field(
        alias="recordsPerDay"
    )
    """Fewest and most records of a day, as in `[1000, 20000]`."""
    bytes_per_record: Annotated[float, Field(gt=0)] = Field(alias="bytesPerRecord")
    """Bytes of a record as it is sent, uncompressed."""

    @model_validator(mode="after")
    def _fewest_first(self) -> Self:
        if self.records_per_day[0] > self.records_per_day[1]:
            raise ValueError("recordsPerDay with the fewest first")
        return self


class LakeProperties(Section):
    """Everything under `lake.` on a contract."""

    layer: Literal["silver", "gold"] = Field(alias="lake.layer")
    """`silver` for a source dataset, `gold` for a product, whose SQL lies beside the contract."""
    ingestion: IngestionProperties | None = Field(None, alias="lake.ingestion")
    """How records reach bronze; needed on silver."""
    order_by: tuple[str, ...] = Field((), alias="lake.order_by")
    """Columns whose greatest value decides which version of a key wins; without them, what came last."""
    partition: tuple[PartitionEntry, ...] = Field((), alias="lake.partition")
    """Iceberg partition fields: `column`, `day(column)`, `bucket(16, column)`."""
    write: Write | None = Field(None, alias="lake.write")
    """`merge` (default on silver): the newest version of each key stays. `append`: the first version of a key
    stays; without a key, every record is a row. `overwrite` (default on gold): the whole content is replaced,
    on silver by the newest version that has come. `overwrite_partitions` (gold only): each run replaces the
    partitions whose input changed."""
    version: VersionProperties | None = Field(None, alias="lake.version")
    """What is a version of the whole content, and which one counts; on silver under `overwrite` only."""
    engine: Engine | None = Field(None, alias="lake.engine")
    """Who brings records into silver: `function`, without Spark, whatever the size of what is new; `glue`,
    the Glue job, always. Without it the size says who. An environment without `processing.function` has Glue.
    """
    volume: VolumeProperties | None = Field(None, alias="lake.volume")
    """How much comes, on silver only; `lake cost` estimates by it, and nothing else does."""
    quality_gate: QualityGate | None = Field(None, alias="lake.quality_gate")
    """When a run counts as failed; without it, one rejected record is enough."""
    refresh: RefreshProperties | None = Field(None, alias="lake.refresh")
    """Which partitions of a product are made anew; needed under `overwrite_partitions`."""
    part: Annotated[int, Field(ge=1)] = Field(1, alias="lake.part")
    """Which of the domain's stacks holds the dataset. A domain that outgrows one template goes on in part 2;
    the number never changes afterwards, since resources cannot move between stacks."""


def read_extension(contract: Contract, findings: Findings) -> LakeProperties | None:
    """Return the `lake.*` properties; None after a fault, which is noted. Other tools' own are skipped."""
    values: dict[str, object] = {}
    places: dict[str | int, int] = {}
    for at, custom in enumerate(contract.get("customProperties", [])):
        name, value = custom["property"], custom["value"]
        if name in values:
            findings.add(
                ("customProperties", at, "property"), name, "each property once", "remove one of them"
            )
        if name.startswith("lake."):
            values[name], places[name] = value, at

    def locate(path: KeyPath) -> KeyPath:
        at = places.get(path[0])
        return ("customProperties", *path) if at is None else ("customProperties", at, "value", *path[1:])

    properties, faults = validate(LakeProperties, values, findings.document, locate)
    findings.faults += faults
    return properties
