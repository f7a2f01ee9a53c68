"""Bronze objects judged on the executors: a task may read several, and none is split."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import IntegerType, LongType, StringType, StructField, StructType

from lakehouse_etl.contract.changes import as_written
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.job import aws
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Part, Source
from lakehouse_etl.records.part import FAULT, HASH, NUMBER, RAW, RESCUED, SHAPE, SOURCE
from lakehouse_etl.tables.spark_types import spark_type

_TASKS_PER_CORE = 4

_COPY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Judged:
    """Records with their verdict."""

    frame: DataFrame
    """The fields that the objects have, masked, with record hash and what is rescued; then where a record
    comes from, and of one that is rejected its fault, its text and the shape of it."""
    breaches: tuple[Breach, ...]
    """What a fault stands for: its index in here."""


def judged_objects(session: SparkSession, dataset: Dataset, uris: Sequence[str], keys: Keys) -> Judged:
    """Return the records of objects, without reading them yet.

    The keys go to the executors inside of the function that they run, so they show in no query plan, and
    with that neither in event logs nor in Spark's pages.

    Args:
        session: Whose executors read.
        dataset: Tells what the records mean.
        uris: Where the objects lie.
        keys: What masking needs.
    """
    judge = Judge(dataset, keys)
    tasks = max(1, min(len(uris), _TASKS_PER_CORE * session.sparkContext.defaultParallelism))
    objects = session.createDataFrame([(uri,) for uri in uris], "uri STRING").repartition(tasks)
    return Judged(objects.mapInArrow(_reader(dataset, keys), _columns(dataset)), judge.breaches)


def _columns(dataset: Dataset) -> StructType:
    """Columns of the records, by the order of the judge's schema."""
    written = as_written(dataset, dataset.changes) if dataset.changes else dataset
    fields = [StructField(field.name, spark_type(field.stored.type)) for field in written.fields]
    rescued = [StructField(RESCUED, StringType())] if dataset.rescues else []
    return StructType(
        [
            *fields,
            StructField(HASH, LongType()),
            *rescued,
            StructField(SOURCE, StringType()),
            StructField(NUMBER, LongType()),
            StructField(FAULT, IntegerType()),
            StructField(RAW, StringType()),
            StructField(SHAPE, StringType()),
        ]
    )


def _reader(dataset: Dataset, keys: Keys) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def read(arrived: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        judge = Judge(dataset, keys)
        faults = {breach: at for at, breach in enumerate(judge.breaches)}
        for batch in arrived:
            for uri in batch.column(0).to_pylist():
                with _fetched(uri) as source:
                    for part in judge.judged(source):
                        yield from _batches(uri, part, judge, faults)

    return read


@contextmanager
def _fetched(uri: str) -> Iterator[Source]:
    """Yield an object on the local disk: a worker's memory is for what is judged."""
    with aws.storage_of(uri).open(uri) as stored, NamedTemporaryFile() as file:
        shutil.copyfileobj(stored, file, _COPY_BYTES)
        file.flush()
        yield Source(uri, Path(file.name))


def _batches(uri: str, part: Part, judge: Judge, faults: dict[Breach, int]) -> Iterator[pa.RecordBatch]:
    """Yield the good records of a part, and those that are rejected, in the columns of `_columns`."""
    names = [*judge.schema.names, SOURCE, NUMBER, FAULT, RAW, SHAPE]
    if good := part.rows.num_rows:
        verdict = [pa.nulls(good, pa.int32()), *(pa.nulls(good, pa.string()),) * 2]
        columns = [*part.rows.columns, pa.repeat(uri, good), part.positions, *verdict]
        yield pa.RecordBatch.from_arrays(columns, names)
    if rejected := len(part.rejected):
        columns = [
            *(pa.nulls(rejected, kind) for kind in judge.schema.types),
            pa.repeat(uri, rejected),
            pa.array([each.position for each in part.rejected], pa.int64()),
            pa.array([faults[each.breach] for each in part.rejected], pa.int32()),
            pa.array([each.raw for each in part.rejected], pa.string()),
            pa.array([judge.shape(each.raw) for each in part.rejected], pa.string()),
        ]
        yield pa.RecordBatch.from_arrays(columns, names)
