"""CSV objects into a DataFrame, read on the executors: one task may read several, none is split."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import LongType, StringType, StructField, StructType

from lakehouse_etl.bronze.csv_file import Layout, Record, read_csv
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.job import aws
from lakehouse_etl.records.csv_text import FORM, RESCUED_TEXT
from lakehouse_etl.records.part import BLOCK, LINE, NUMBER, SOURCE, text_name

_ROWS = 8192
"""Records that go to Spark at a time."""

_TASKS_PER_CORE = 4


def csv_records(session: SparkSession, dataset: Dataset, uris: Sequence[str]) -> DataFrame:
    """Return the records of objects as `csv_text.csv_part` takes them."""
    names = tuple(field.name for field in dataset.fields)
    required = tuple(field.name for field in dataset.fields if field.required)
    layout = Layout(names, required, dataset.unknown_fields)
    nulls = frozenset(filter(None, (dataset.bronze.null_token,))) | {""}
    texts = [StructField(name, StringType()) for name in map(text_name, names)]
    system = [(SOURCE, StringType()), (BLOCK, LongType()), (NUMBER, LongType())]
    system += [(name, StringType()) for name in (LINE, FORM, RESCUED_TEXT)]
    schema = StructType([*(StructField(name, kind) for name, kind in system), *texts])
    tasks = min(len(uris), _TASKS_PER_CORE * session.sparkContext.defaultParallelism)
    objects = session.createDataFrame([(uri,) for uri in uris], "uri STRING").repartition(tasks)
    return objects.mapInArrow(_reader(layout, nulls), schema)


def _reader(
    layout: Layout, nulls: frozenset[str]
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def read(arrived: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in arrived:
            for uri in batch.column(0).to_pylist():
                with aws.storage_of(uri).open(uri) as content:
                    header, records = read_csv(content, layout, compressed=uri.endswith(".gz"))
                    yield from _batches(uri, header, iter(records), layout, nulls)

    return read


def _batches(
    uri: str, header: Sequence[str], records: Iterator[Record], layout: Layout, nulls: frozenset[str]
) -> Iterator[pa.RecordBatch]:
    places = [header.index(name) if name in header else None for name in layout.names]
    unknown = sorted(set(header) - set(layout.names)) if layout.unknown_fields == "rescue" else []
    others = [(name, header.index(name)) for name in unknown]
    empty, number = ("",) * len(header), 0
    while rows := list(islice(records, _ROWS)):
        raws, values, faults = zip(*rows, strict=True)
        columns = list(zip(*(each or empty for each in values), strict=True))
        texts = [_texts(columns[place] if place is not None else (), len(rows), nulls) for place in places]
        rescued = [_rescued(each, others, nulls) for each in values] if others else [None] * len(rows)
        yield pa.RecordBatch.from_arrays(
            [
                pa.repeat(uri, len(rows)),
                pa.repeat(pa.scalar(0, pa.int64()), len(rows)),
                pa.array(range(number, number + len(rows)), pa.int64()),
                *(pa.array(each, pa.string()) for each in (raws, faults, rescued)),
                *texts,
            ],
            [SOURCE, BLOCK, NUMBER, LINE, FORM, RESCUED_TEXT, *map(text_name, layout.names)],
        )
        number += len(rows)


def _texts(column: Sequence[str], rows: int, nulls: frozenset[str]) -> pa.Array:
    if not column:
        return pa.nulls(rows, pa.string())
    return pa.array([None if text in nulls else text for text in column], pa.string())


def _rescued(values: Sequence[str], others: Sequence[tuple[str, int]], nulls: frozenset[str]) -> Any:
    found = {name: values[at] for name, at in others if values and values[at] not in nulls}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else None
