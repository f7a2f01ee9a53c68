"""The records of some objects, judged, as Arrow tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.bronze.objects import BronzeObject
from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.judge.judge import Judge
from lakehouse_etl.judge.part import Source
from lakehouse_etl.native.ranking import numbers
from lakehouse_etl.records.ages import AHEAD, LOG_GAMMA, SECONDS_MIN, Ages, instant
from lakehouse_etl.records.part import HASH, SOURCE

CHUNK_BYTES = 256 * 1024 * 1024
"""Bytes of records that are worked on at the same time, as rows take about as much memory again."""

_INFLATED = 10
"""How many bytes one byte of a compressed object becomes, roughly."""

_MICROSECONDS = 1_000_000

_FAULTS = pa.schema(
    [("position", pa.int64()), ("breach", pa.int32()), ("raw", pa.string()), ("shape", pa.string())]
)


@dataclass(frozen=True)
class OfObject:
    """What one object holds."""

    good: pa.Table
    """Good records, as the judge gives them."""
    faults: pa.Table
    """Position, number among the judge's breaches, raw text and its shape of the others."""
    left_out: pa.Array | None = None
    """Numbers of good records that nobody asked for; None: all records of the object count."""


@dataclass(frozen=True)
class Batch:
    """What some objects hold."""

    good: pa.Table
    """Good records and the object of each; the dictionary of objects is one, in the order of URIs."""
    rejected: pa.Table
    """The others, in columns of quarantine; only the run is missing."""
    broken: Mapping[Breach, int]
    """Rejected records by breach, those that no record is guilty of among them."""
    left_out: pa.Array
    """Numbers of good records that nobody asked for."""
    partly: frozenset[str]
    """URIs of the objects that these are of, whose rejected records are left out as well."""

    @property
    def records(self) -> int:
        """Number of records."""
        return int(self.good.num_rows + self.rejected.num_rows - len(self.left_out))

    @property
    def asked(self) -> pa.Table:
        """Good records but those that nobody asked for."""
        if not len(self.left_out):
            return self.good
        return self.good.filter(pc.invert(pc.is_in(numbers(self.good.num_rows), self.left_out)))


def weight(item: BronzeObject) -> int:
    """Return how many bytes of records an object holds, roughly."""
    return item.size * (_INFLATED if item.uri.endswith(".gz") else 1)


def chunks(objects: Iterable[BronzeObject], most: int) -> Iterator[list[BronzeObject]]:
    """Yield objects in their order, of `most` bytes together unless one has more."""
    chunk: list[BronzeObject] = []
    size = 0
    for item in objects:
        if chunk and size + weight(item) > most:
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += weight(item)
    if chunk:
        yield chunk


def judge_object(judge: Judge, source: Source) -> OfObject:
    """Judge the records of an object."""
    known = {breach: number for number, breach in enumerate(judge.breaches)}
    good, faults = [], []
    for part in judge.judged(source):
        good.append(part.rows)
        if part.rejected:
            each = [
                (item.position, known[item.breach], item.raw, judge.shape(item.raw)) for item in part.rejected
            ]
            columns = zip(*each, strict=True)
            arrays = [
                pa.array(list(column), field.type) for column, field in zip(columns, _FAULTS, strict=True)
            ]
            faults.append(pa.record_batch(arrays, _FAULTS))
    return OfObject(pa.Table.from_batches(good, judge.schema), pa.Table.from_batches(faults, _FAULTS))


def asked_for(found: OfObject, hashes: frozenset[int]) -> OfObject:
    """Leave out all but some records, by their hashes.

    Nothing is left out where one of these is not good any more: which of the rejected ones it is nobody can
    tell, so that rows and rejections of the object have to be replaced together.
    """
    wanted = pc.is_in(found.good[HASH], pa.array(sorted(hashes), pa.int64()))
    if pc.count_distinct(found.good[HASH].filter(wanted)).as_py() < len(hashes):
        return found
    left_out = pc.indices_nonzero(pc.invert(wanted)).cast(pa.int64())
    return OfObject(found.good, found.faults.slice(0, 0), left_out)


def gathered(
    objects: Sequence[BronzeObject], found: Iterable[OfObject], breaches: Sequence[Breach], schema: pa.Schema
) -> Batch:
    """Put together what was found in objects, which are sorted by URI."""
    uris = pa.array([item.uri for item in objects], pa.string())
    good, rejected = [], []
    partly, left_out, before = set(), [], 0
    for number, (item, of_object) in enumerate(zip(objects, found, strict=True)):
        if of_object.left_out is not None:
            partly.add(item.uri)
            left_out.append(pc.add(of_object.left_out, before))
        before += of_object.good.num_rows
        if of_object.good.num_rows:
            good.append(of_object.good.append_column(SOURCE, _constant(number, uris, of_object.good)))
        if of_object.faults.num_rows:
            rejected.append(
                _rejected(item, _constant(number, uris, of_object.faults), of_object.faults, breaches)
            )
    empty = schema.append(pa.field(SOURCE, pa.dictionary(pa.int32(), pa.string()))).empty_table()
    faults = pa.concat_tables(rejected) if rejected else pa.table({"breach": pa.array([], pa.int32())})
    counted = {each["values"]: each["counts"] for each in pc.value_counts(faults["breach"]).to_pylist()}
    return Batch(
        pa.concat_tables(good) if good else empty,
        faults.drop_columns("breach"),
        {breach: counted.get(number, 0) for number, breach in enumerate(breaches)},
        pa.concat_arrays(left_out) if left_out else pa.array([], pa.int64()),
        frozenset(partly),
    )


def _constant(number: int, uris: pa.Array, rows: pa.Table) -> pa.Array:
    indices = pa.repeat(pa.scalar(number, pa.int32()), rows.num_rows)
    return pa.DictionaryArray.from_arrays(indices, uris)


def _rejected(item: BronzeObject, source: pa.Array, faults: pa.Table, breaches: Sequence[Breach]) -> pa.Table:
    number = faults["breach"]
    length = faults.num_rows
    return pa.table(
        {
            "source_object": source,
            "position": faults["position"],
            "block_start": pa.repeat(pa.scalar(0, pa.int64()), length),
            "reason": pa.array([breach.reason for breach in breaches]).take(number),
            "detail": pa.array([breach.detail for breach in breaches]).take(number),
            "raw": faults["raw"],
            "shape": faults["shape"],
            "ingest_date": pa.repeat(pa.scalar(item.ingest_date, pa.date32()), length),
            "breach": number,
        }
    )


def ages_of(good: pa.Table, dataset: Dataset, at: datetime) -> Ages | None:
    """Return the ages at an instant, None if the contract names no time of events or no record has one."""
    if dataset.event_time is None:
        return None
    events = good[dataset.event_time].drop_null()
    if not len(events):
        return None
    kind = pa.timestamp("us", tz=getattr(events.type, "tz", None))
    seconds = pc.divide(events.cast(kind).cast(pa.int64()).cast(pa.float64()), _MICROSECONDS)
    ages = pc.max_element_wise(pc.subtract(at.timestamp(), seconds), SECONDS_MIN)
    buckets = pc.ceil(pc.divide(pc.ln(ages), LOG_GAMMA)).cast(pa.int32())
    counts = {each["values"]: each["counts"] for each in pc.value_counts(buckets).to_pylist()}
    past = seconds.filter(pc.less_equal(seconds, (at + AHEAD).timestamp()))
    newest = pc.max(past).as_py()
    return Ages(at, instant(pc.min(seconds).as_py()), None if newest is None else instant(newest), counts)
