"""Looks a row up in silver, by its key and by its values, through Athena."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.fields import Decimal, Field, Scalar
from tools.ops.athena import literal, query
from tools.ops.target import OperationError, Target
from tools.smoke.probe import Probe, probes
from tools.smoke.step import Step, failed, ok

_COMPARED = (Scalar.BOOLEAN, Scalar.INT, Scalar.LONG, Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ,
             Scalar.STRING)  # fmt: skip
"""Types whose values SQL writes exactly, beside decimals."""


@dataclass(frozen=True)
class Held:
    """What silver holds of a row."""

    with_key: int
    alike: int
    """Those of them that have its values, too."""


def held(target: Target, probe: Probe) -> Held:
    """Count the rows of silver with the key of a probe.

    Raises:
        OperationError: Athena could not answer.
        ClientError: Athena does not take the query.
    """
    dataset = probe.dataset
    fields = {field.name: field for field in dataset.fields}
    key = " AND ".join(_equals(fields[name], probe.row[name]) for name in dataset.key)
    alike = " AND ".join(
        _equals(field, probe.row.get(field.name)) for field in dataset.fields if _is_compared(field)
    )
    table = _table(target, dataset, Layer.SILVER)
    same_values = f"count(CASE WHEN {alike} THEN 1 END)"
    sql = f"SELECT count(*), {same_values} FROM {table} WHERE {key}"  # noqa: S608 (literals are quoted)
    [[rows, same]] = query(target, sql)
    return Held(int(rows), int(same))


def can_be_found(dataset: Dataset) -> bool:
    """Whether a row of the dataset can be told from others by what a reader of silver sees."""
    fields = {field.name: field for field in dataset.fields}
    return bool(dataset.key) and all(_is_compared(fields[name]) for name in dataset.key)


def free_probe(target: Target, dataset: Dataset) -> tuple[Probe, bool]:
    """Return a row whose key silver has not, or has with these very values, and whether it has it.

    So no row of a real source is ever replaced.

    Raises:
        OperationError: Athena could not answer, or every key that was tried belongs to another row.
        ClientError: Athena does not take the query.
        ImpossibleDataError: No row can be made that the contract accepts.
    """
    for probe in probes(dataset):
        found = held(target, probe)
        if found.with_key == found.alike:
            return probe, found.with_key > 0
    raise OperationError(f"every key that was made for {dataset.id} belongs to another row of silver")


def look_up(target: Target, probe: Probe, key: str, was_there: bool) -> Step:
    """Find the row in silver, or why it is not there; `key` is that of its object in bronze."""
    name = f"silver {probe.dataset.id}"
    if held(target, probe).alike:
        before = "; it was there before, since this command sends the same row each time" if was_there else ""
        return ok(name, f"{probe.key}{before}")
    uri = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/{key}"
    table = _table(target, probe.dataset, Layer.QUARANTINE)
    rejected = query(
        target,
        f"SELECT reason, detail FROM {table} WHERE source_object = {literal(uri)} LIMIT 1",  # noqa: S608
    )
    if rejected:
        return failed(name, f"rejected: {': '.join(rejected[0])}")
    return failed(name, f"no row with {probe.key}")


def products_of(target: Target, dataset: Dataset) -> list[Dataset]:
    """Return the gold products of the dataset's own domain that are made from it."""
    return [each for each in target.lake.of_domain(dataset.domain) if dataset.id in each.inputs]


def count_rows(target: Target, product: Dataset) -> Iterator[Step]:
    """Count the rows of a product."""
    [[rows]] = query(target, f"SELECT count(*) FROM {_table(target, product, Layer.GOLD)}")  # noqa: S608
    yield ok(f"gold {product.id}", f"{rows} rows")


def _table(target: Target, dataset: Dataset, layer: Layer) -> str:
    return f'"{target.settings.naming.database(layer, dataset.domain)}"."{dataset.name}"'


def _is_compared(field: Field) -> bool:
    return field.masking is None and (isinstance(field.type, Decimal) or field.type in _COMPARED)


def _equals(field: Field, value: Any) -> str:
    return f'"{field.name}" IS NULL' if value is None else f'"{field.name}" = {literal_of(value)}'


def literal_of(value: Any) -> str:
    """Write a value as Athena does: https://trino.io/docs/current/language/types.html."""
    match value:
        case int():  # a boolean, too
            return str(value).lower()
        case Number():
            return f"DECIMAL '{value:f}'"
        case datetime() if value.tzinfo:
            return f"TIMESTAMP '{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC'"
        case datetime():
            return f"TIMESTAMP '{value:%Y-%m-%d %H:%M:%S.%f}'"
        case date():
            return f"DATE '{value}'"
        case str():
            return literal(value)
    raise TypeError(f"{value!r}: no literal of a type that is compared")
