"""The rows of silver that are to be made anew, and the objects of bronze that their records lie in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Dataset, Layer, Write
from tools.ops.athena import literal, query
from tools.ops.bronze.requests import existing, named
from tools.ops.repair.asked import Asked, check_condition
from tools.ops.repair.runs import objects_of_run
from tools.ops.target import OperationError, Target

RECORDS_MAX = 10_000
"""Records that are asked for one by one; where there are more, their objects are processed as a whole."""

_NAMES = 500
"""Names of objects in one query, of which Athena takes 262,144 bytes.

https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
"""

_SHOWN = 5
"""Objects that a message names."""


@dataclass(frozen=True)
class Found:
    """What a repair is about."""

    rows: int
    """Rows of silver that are to be made anew."""
    objects: Mapping[str, int]
    """Bytes of the objects of bronze that hold their records, by key."""
    records: Mapping[str, Sequence[int]]
    """Hashes of the records, by key; empty where objects are processed as a whole."""
    conditions: Sequence[str]
    """Each of these holds for some of the rows, and for no other row."""


def find(target: Target, dataset: Dataset, asked: Asked) -> Found:
    """Find the rows, and what they were made of.

    Raises:
        typer.BadParameter: What is asked for cannot be understood, or names what is not there.
        OperationError: Rows were made of objects that bronze has no more, or a run is not known.
    """
    if asked.where:
        check_condition(asked.where, dataset)
        return _of_condition(target, dataset, f"({asked.where}\n)")
    if asked.run:
        keys = objects_of_run(target, dataset, asked.run)
        objects = _there(target, dict.fromkeys(keys, 0))
    else:
        objects = {each.key: each.size for each in named(target, dataset, asked.objects)}
    conditions = [*_within(target, objects)]
    rows = sum(number for each in conditions for number in rows_by_object(target, dataset, each).values())
    return Found(rows, objects, {}, conditions)


def rows_by_object(target: Target, dataset: Dataset, condition: str, at: str = "") -> dict[str, int]:
    """Return how many rows of silver a condition holds for, by the key of their object."""
    rows = query(
        target,
        f'SELECT "_source_object", count(*) FROM {silver(target, dataset)}{at} WHERE {condition} '  # noqa: S608 (checked)
        'GROUP BY "_source_object" ORDER BY "_source_object"',
    )
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    return {uri.removeprefix(start): int(number) for uri, number in rows}


def silver(target: Target, dataset: Dataset) -> str:
    """Return the silver table of a dataset as queries name it."""
    return f'"{target.settings.naming.database(Layer.SILVER, dataset.domain)}"."{dataset.name}"'


def _of_condition(target: Target, dataset: Dataset, condition: str) -> Found:
    rows = rows_by_object(target, dataset, condition)
    objects = _there(target, rows)
    total = sum(rows.values())
    records = {} if total > RECORDS_MAX or not by_record(dataset) else _records(target, dataset, condition)
    return Found(total, objects, records, [condition] if rows else [])


def by_record(dataset: Dataset) -> bool:
    """Whether records of an object can be processed again without the others of it.

    Changes of a table count together, and so does a version of a whole content.
    """
    return not is_replica(dataset) and dataset.write is not Write.OVERWRITE


def _records(target: Target, dataset: Dataset, condition: str) -> dict[str, list[int]]:
    rows = query(
        target,
        f'SELECT DISTINCT "_source_object", "_record_hash" FROM {silver(target, dataset)} '  # noqa: S608 (checked)
        f'WHERE {condition} ORDER BY "_source_object", "_record_hash"',
    )
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    found: dict[str, list[int]] = {}
    for uri, record in rows:
        found.setdefault(uri.removeprefix(start), []).append(int(record))
    return found


def _there(target: Target, rows: Mapping[str, int]) -> dict[str, int]:
    """Return the bytes of objects.

    Raises:
        OperationError: Bronze lacks some.
    """
    found = existing(target, rows.keys())
    if gone := sorted(rows.keys() - found.keys()):
        names = ", ".join(gone[:_SHOWN]) + (" and others" if len(gone) > _SHOWN else "")
        raise OperationError(
            f"got {sum(rows[key] for key in gone)} rows of {len(gone)} objects that bronze has no more: "
            f"{names}; allowed: rows whose objects are there; fix: bring them back (`lake-ops restore "
            'bronze`), or leave their rows out by a condition on "_source_object"'
        )
    return {key: found[key].size for key in sorted(rows)}


def _within(target: Target, keys: Iterable[str]) -> Iterator[str]:
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    names = [literal(start + key) for key in keys]
    for place in range(0, len(names), _NAMES):
        yield f'("_source_object" IN ({", ".join(names[place : place + _NAMES])}))'
