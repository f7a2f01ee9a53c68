"""Makes JSON events of rows: some come late, some twice, some are faulty.

Each sample knows what it is, so expectations follow from how the data was made, not from parsing it again.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import islice
from typing import Any

from local.feed.expected import Expected
from local.feed.samples import Records
from tools.records.sample import Row, Sample

_START = datetime(2026, 1, 5, tzinfo=UTC)
_DAYS = 30
_DUPLICATES = 0.03
_FAULTY = 0.05
_LATE = 0.06
_OFFSET = 0.15

ABSENT = object()
"""In a fault, the value of a column that the record is to lack."""

EventFault = tuple[str, Mapping[str, Any]]
"""The reason for which an event must be rejected, and the values that make it so; none: its text is cut."""


def some_time(rng: random.Random) -> datetime:
    """Return an instant of the month that the events are of."""
    return _START + timedelta(seconds=rng.randrange(_DAYS * 86400))


def arrive(
    rng: random.Random,
    events: int,
    rows: Callable[[random.Random], Iterator[Row]],
    clock: str,
    faults: Sequence[EventFault],
) -> list[Sample]:
    """Return so many events of endless rows in the order in which they arrive, a little after their `clock`.

    One in twenty is faulty: newer than a valid one of its key, so that it would win if it were accepted.
    """
    repeated, faulty = round(events * _DUPLICATES), round(events * _FAULTY)
    valid = [Sample(_record(rng, row), None, row) for row in islice(rows(rng), events - repeated - faulty)]
    samples = valid + rng.sample(valid, repeated)
    for number in range(faulty):
        reason, change = faults[number % len(faults)]
        row = rng.choice(valid).row
        row = {**row, clock: row[clock] + timedelta(days=1)}
        samples.append(Sample(_faulty_record(rng, row, change), reason, row))
    return sorted(samples, key=lambda sample: sample.row[clock] + _delay(rng))


def records(samples: Sequence[Sample], expected: Expected) -> Records:
    """Return samples as what a stream is fed with."""
    return Records(tuple(samples[0].row), [sample.record for sample in samples], expected.counts)


def _delay(rng: random.Random) -> timedelta:
    hours = rng.uniform(1, 20) if rng.random() < _LATE else 0
    return timedelta(hours=hours, seconds=rng.uniform(0, 30))


def _faulty_record(rng: random.Random, row: Row, change: Mapping[str, Any]) -> bytes:
    if not change:
        return _record(rng, row)[:-7]
    present = {key: value for key, value in {**row, **change}.items() if value is not ABSENT}
    return _record(rng, present)


def _record(rng: random.Random, row: Row) -> bytes:
    """JSON of a row; a value that is None is sent as null or left out."""
    shown = {key: value for key, value in row.items() if value is not None or rng.random() < 1 / 2}
    return json.dumps({key: _plain(rng, value) for key, value in shown.items()}, ensure_ascii=False).encode()


def _plain(rng: random.Random, value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime) and rng.random() < _OFFSET:
        return value.astimezone(timezone(timedelta(hours=2))).isoformat()
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
