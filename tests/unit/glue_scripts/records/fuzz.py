"""What the Spark judge makes of the records of a bench."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lakehouse_etl.bronze.damaged import SPARK_ERRORS, damaged_among
from lakehouse_etl.bronze.objects import new_objects
from lakehouse_etl.bronze.reading import read_parts
from lakehouse_etl.bronze.state import State
from lakehouse_etl.contract.reasons import Breach
from lakehouse_etl.contract.types import TIMESTAMPTZ
from lakehouse_etl.job import runtime
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.records.masking import offer_key
from lakehouse_etl.records.part import BLOCK, FAULT, HASH, NUMBER, RAW, RESCUED, SOURCE
from lakehouse_etl.records.tally import offsets, records_by_object, tally
from lakehouse_etl.records.validation import judge
from pyspark.sql import Row
from pyspark.sql import functions as F

from tests.unit.glue_scripts.bench import KEY

Found = dict[tuple[str, int], dict[str, Any] | None]
"""Records by file name and position; None: rejected."""


@dataclass(frozen=True)
class Verdict:
    """What a judge makes of a record."""

    values: dict[str, Any] | None
    """Of the fields, as oracles have them; None: rejected."""
    rule: str | None = None
    raw: str | None = None
    record_hash: int | None = None
    """Of a good record, as is the next."""
    rescued: str | None = None


def judged_records(bench: Any) -> Found:
    """What the job makes of every record of a bench, before any is dropped as a repeat."""
    return {place: verdict.values for place, verdict in spark_verdicts(bench).items()}


def spark_verdicts(bench: Any) -> dict[tuple[str, int], Verdict]:
    """What the job makes of every record of a bench, by file name and position."""
    dataset = bench.dataset
    objects = new_objects(LocalStorage(), dataset.bronze.location, State())
    session = runtime.own_session(bench.spark)
    if dataset.masks:
        offer_key(session, KEY)
    damaged: frozenset[str] = frozenset()
    while True:
        reading = read_parts(session, LocalStorage(), dataset, objects, damaged)
        judged = judge(reading.parts, dataset)
        frame = judged.frame.persist()
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
    # As instants they would come in the zone of this machine; Python has no year 0, which is rejected.
    plain = [
        F.when(
            F.col(FAULT).isNull(),
            F.col(field.name).cast("timestamp_ntz") if field.type == TIMESTAMPTZ else F.col(field.name),
        ).alias(field.name)
        for field in dataset.fields
    ]
    rescued = [RESCUED] if dataset.rescues else []
    found: dict[tuple[str, int], Verdict] = {}
    for row in frame.select(*plain, SOURCE, NUMBER, BLOCK, FAULT, RAW, HASH, *rescued).collect():
        place = row[SOURCE].rpartition("/")[2], row[NUMBER] + starts[row[SOURCE], row[BLOCK]]
        assert place not in found
        found[place] = _verdict(row.asDict(), judged.breaches, [field.name for field in dataset.fields])
    frame.unpersist()
    assert len(found) == sum(item.records for item in tallies)
    return found


def _verdict(row: dict[str, Any], breaches: Sequence[Breach], names: Sequence[str]) -> Verdict:
    if row[FAULT] is not None:
        return Verdict(None, breaches[row[FAULT]].rule, row[RAW])
    values = {name: _plain(row[name]) for name in names}
    return Verdict(values, record_hash=row[HASH], rescued=row.get(RESCUED))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [each.asDict() if isinstance(each, Row) else each for each in value]
    return bytes(value) if isinstance(value, bytearray) else value
