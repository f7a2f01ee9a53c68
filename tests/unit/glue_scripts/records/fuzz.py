"""What the Spark judge makes of the records of a bench."""

from typing import Any

from lakehouse_etl.bronze.damaged import SPARK_ERRORS, damaged_among
from lakehouse_etl.bronze.objects import new_objects
from lakehouse_etl.bronze.reading import read_parts
from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.types import TIMESTAMPTZ
from lakehouse_etl.job import runtime
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.records.part import BLOCK, FAULT, NUMBER, SOURCE
from lakehouse_etl.records.tally import offsets, records_by_object, tally
from lakehouse_etl.records.validation import judge
from pyspark.sql import functions as F

Found = dict[tuple[str, int], dict[str, Any] | None]
"""Records by file name and position; None: rejected."""


def judged_records(bench: Any) -> Found:
    """What the job makes of every record of a bench, before any is dropped as a repeat."""
    dataset = bench.dataset
    objects = new_objects(LocalStorage(), dataset.bronze.location, State())
    session = runtime.own_session(bench.spark)
    damaged: frozenset[str] = frozenset()
    while True:
        reading = read_parts(session, LocalStorage(), dataset, objects, damaged)
        frame = judge(reading.parts, dataset).frame.persist()
        try:
            tallies = tally(frame)
            more = reading.miscounted(records_by_object(tallies))
        except SPARK_ERRORS:
            more = damaged_among(session, LocalStorage(), dataset, objects)
            assert more > damaged
        if not more:
            break
        damaged |= more
    starts = offsets(tallies)
    names = [field.name for field in dataset.fields]
    # As instants they would come in the zone of this machine; Python has no year 0, which is rejected.
    plain = [
        F.when(
            F.col(FAULT).isNull(),
            F.col(field.name).cast("timestamp_ntz") if field.type == TIMESTAMPTZ else F.col(field.name),
        ).alias(field.name)
        for field in dataset.fields
    ]
    found: Found = {}
    for row in frame.select(*plain, SOURCE, NUMBER, BLOCK, FAULT).collect():
        place = row[SOURCE].rpartition("/")[2], row[NUMBER] + starts[row[SOURCE], row[BLOCK]]
        assert place not in found
        found[place] = {name: _plain(row[name]) for name in names} if row[FAULT] is None else None
    frame.unpersist()
    assert len(found) == sum(item.records for item in tallies)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [each and each.asDict() for each in value]
    return bytes(value) if isinstance(value, bytearray) else value
