"""Tables as deployments leave them, rows in files, and what readers make of both: no engine is running."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal as Number
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st
from iceberg_tables.logic import plan
from iceberg_tables.request import Wanted
from lakehouse_etl.contract.types import parsed
from lakehouse_etl.tables.spark_types import spark_type
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import ArrowScan, PyArrowFileIO, schema_to_pyarrow
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import FileScanTask
from pyiceberg.table.metadata import TableMetadata, new_table_metadata
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER
from pyiceberg.typedef import Record
from pyspark.sql.types import StructType

from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.fields import Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.targets import iceberg
from tests.unit.lakehouse.datasets import NAMING

Row = dict[str, Any]


@dataclass(frozen=True)
class StoredTable:
    """A table, in the terms of the job that asks for its columns."""

    metadata: TableMetadata

    @classmethod
    def deployed(cls, dataset: Dataset) -> "StoredTable":
        """The new table of a dataset."""
        wanted = _wanted(dataset)
        schema = Schema.model_validate_json(json.dumps(wanted.schema))
        spec = PartitionSpec.model_validate_json(json.dumps(wanted.partition_spec))
        properties = {**wanted.properties, "format-version": wanted.format_version}
        return cls(new_table_metadata(schema, spec, UNSORTED_SORT_ORDER, wanted.location, properties))

    def evolved(self, dataset: Dataset) -> "StoredTable":
        """The table after the deployment of another contract.

        Raises:
            TerminalError: The deployment is refused.
        """
        change = plan(json.loads(self.metadata.model_dump_json()), _wanted(dataset))
        if change is None:
            return self
        schema = Schema.model_validate_json(json.dumps({"type": "struct", **change.schema}))
        schemas = [one for one in self.metadata.schemas if one.schema_id != schema.schema_id] + [schema]
        ids = {"schemas": schemas, "current_schema_id": schema.schema_id}
        return StoredTable(self.metadata.model_copy(update=ids))

    @property
    def name(self) -> str:
        """Name in messages."""
        return "table"

    def columns(self) -> StructType:
        """Columns as Spark shows them."""
        return spark_type(parsed(json.loads(self.metadata.schema().model_dump_json())))

    def write(self, path: Path, rows: list[Row]) -> None:
        """Write rows to a data file, as engines do under the current schema."""
        schema = schema_to_pyarrow(self.metadata.schema())
        pq.write_table(pa.Table.from_pylist(rows, schema), path)

    def read(self, path: Path, count: int) -> list[Row]:
        """Read the rows of a data file, as engines do under the current schema."""
        file = DataFile.from_args(
            content=DataFileContent.DATA,
            file_path=str(path),
            file_format=FileFormat.PARQUET,
            partition=Record(),
            record_count=count,
            file_size_in_bytes=path.stat().st_size,
        )
        file.spec_id = 0
        scan = ArrowScan(self.metadata, PyArrowFileIO(), self.metadata.schema(), AlwaysTrue())
        rows: list[Row] = scan.to_table([FileScanTask(file)]).to_pylist()
        return rows


def demanded(dataset: Dataset) -> StructType:
    """Columns that the job of a dataset wants its table to have."""
    return spark_type(parsed(iceberg.table_schema(dataset)))


def _wanted(dataset: Dataset) -> Wanted:
    return Wanted.from_properties(iceberg.table(dataset, Layer.SILVER, NAMING))


def rows_of(dataset: Dataset) -> st.SearchStrategy[Row]:
    """Draw rows that the table of a dataset may hold."""
    return _row(iceberg.columns(dataset))


def _row(fields: tuple[Field, ...]) -> st.SearchStrategy[Row]:
    return st.fixed_dictionaries(
        {
            field.name: values(field.type) if field.required else st.none() | values(field.type)
            for field in fields
        }
    )


def values(kind: Type) -> st.SearchStrategy[Any]:
    """Draw values of a type, many of them near the bounds of rules."""
    match kind:
        case Struct(fields):
            return _row(fields)
        case Array(element):
            return st.lists(st.none() | values(element), max_size=4)
        case Map(_, value):
            return st.dictionaries(st.sampled_from(["x", "y"]), st.none() | values(value), max_size=2)
        case Decimal(precision, scale):
            digits = st.integers(-(10**precision) + 1, 10**precision - 1)
            return digits.map(lambda number: Number(number).scaleb(-scale))
    return _SCALARS[kind]


_SCALARS: Mapping[Scalar, st.SearchStrategy[Any]] = {
    Scalar.BOOLEAN: st.booleans(),
    Scalar.INT: st.integers(-3, 3) | st.integers(-(2**31), 2**31 - 1),
    Scalar.LONG: st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1),
    Scalar.FLOAT: st.floats(width=32, allow_nan=False),
    Scalar.DOUBLE: st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0]) | st.floats(allow_nan=False),
    Scalar.DATE: st.dates(date(2025, 12, 31), date(2026, 1, 4)),
    Scalar.TIMESTAMP: st.datetimes(datetime(2025, 12, 31), datetime(2026, 1, 4)),
    Scalar.TIMESTAMPTZ: st.datetimes(
        datetime(2025, 12, 31, 22),
        datetime(2026, 1, 1, 2),
        timezones=st.just(UTC),
    )
    | st.sampled_from([0, 30, 60]).map(lambda minutes: datetime(2025, 12, 31, 23, minutes % 60, tzinfo=UTC)),
    Scalar.STRING: st.text("abB1", max_size=4),
    Scalar.BINARY: st.binary(max_size=2),
}


def seen(value: Any, old: Type, new: Type) -> Any:
    """What a reader of the new contract makes of a value that one of the old contract read."""
    if value is None:
        return None
    match old, new:
        case Struct(before), Struct(after):
            known = {field.name: field.type for field in before}
            return {
                field.name: seen(value[field.name], known[field.name], field.type)
                if field.name in known
                else None
                for field in after
            }
        case Array(before), Array(after):
            return [seen(item, before, after) for item in value]
        case Map(_, before), Map(_, after):
            return [(key, seen(item, before, after)) for key, item in value]
    return value


def sample(kind: Type) -> Any:
    """A value of a type."""
    match kind:
        case Struct(fields):
            return {field.name: sample(field.type) for field in fields}
        case Array(element):
            return [sample(element), None]
        case Map(key, value):
            return {sample(key): sample(value)}
        case Decimal(precision, scale):
            return Number(10**precision - 1).scaleb(-scale)
    return _SAMPLES[kind]


_SAMPLES: Mapping[Scalar, Any] = {
    Scalar.BOOLEAN: True,
    Scalar.INT: -(2**31),
    Scalar.LONG: 2**63 - 1,
    Scalar.FLOAT: 0.1,
    Scalar.DOUBLE: 0.1,
    Scalar.DATE: date(2026, 1, 31),
    Scalar.TIMESTAMP: datetime(2026, 1, 31, 9, 30),
    Scalar.TIMESTAMPTZ: datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
    Scalar.STRING: "text",
    Scalar.BINARY: b"bytes",
}
