"""Rows of silver that name a person, found by what masking has left of the identifiers.

Bronze says which rows those are, where it still has their objects. Rows outlive objects that have expired or
were deleted, and nothing can be made anew from these: such rows are deleted.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from lakehouse_etl.judge.fields.masking import hasher
from lakehouse_etl.judge.fields.tokens import Tokens
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.expressions import And, EqualTo, In

from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.fields import Field, members
from lakehouse.model.masking import HASH, TOKENIZE, Masking
from tools.ops.erasure.files import Catalog
from tools.ops.erasure.person import Person, Place
from tools.ops.target import Target

_OBJECT, _RECORD = "_source_object", "_record_hash"
_REFUSED, _POSITION = "source_object", "position"

_AND, _EQUAL, _IN = cast("tuple[Any, Any, Any]", (And, EqualTo, In))
"""Their types are those of parsed expressions, not of the values that they take."""

Rows = Mapping[str, list[int]]
"""Hashes of records, or of rejected ones positions, by the key of the object in bronze."""


def rows_of(target: Target, dataset: Dataset, person: Person) -> Rows:
    """Return the rows of silver that name a person, but where what masking left tells no single one."""
    places = [*_stored_places(dataset, person)]
    if not places:
        return {}
    try:
        table = Catalog(target).load_table(_silver(target, dataset))
    except NoSuchTableError:
        return {}
    people = {masking: _masked(target, person, masking) for masking in {masking for _, masking in places}}
    columns = {place.path[0] for place, _ in places}
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    found: dict[str, list[int]] = {}
    for batch in table.scan(selected_fields=(*sorted(columns), _OBJECT, _RECORD)).to_arrow_batch_reader():
        for row in batch.to_pylist():
            if any(_names(people[masking], place, row) for place, masking in places):
                found.setdefault(row[_OBJECT].removeprefix(start), []).append(row[_RECORD])
    return found


def rejected_of(target: Target, dataset: Dataset, person: Person) -> Rows:
    """Return the positions of rejected records whose text mentions a person, by the key of the object."""
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    found: dict[str, list[int]] = {}
    try:
        table = Catalog(target).load_table(_quarantine(target, dataset))
    except NoSuchTableError:
        return {}
    scan = table.scan(selected_fields=(_REFUSED, _POSITION, "raw"))
    for batch in scan.to_arrow_batch_reader():
        for row in batch.to_pylist():
            if row["raw"] is not None and person.is_in(row["raw"]):
                found.setdefault(row[_REFUSED].removeprefix(start), []).append(row[_POSITION])
    return found


def delete_rows(target: Target, dataset: Dataset, rows: Rows) -> None:
    """Delete rows of silver, by the objects and the hashes of their records."""
    _delete(target, _silver(target, dataset), (_OBJECT, _RECORD), rows)


def delete_rejected(target: Target, dataset: Dataset, rows: Rows) -> None:
    """Delete rejected records, by objects and positions."""
    _delete(target, _quarantine(target, dataset), (_REFUSED, _POSITION), rows)


def delete_object(target: Target, table: tuple[tuple[str, str], str], uri: str) -> None:
    """Delete the rows of an object from a table, by the column that names it."""
    name, column = table
    Catalog(target).load_table(name).delete(_EQUAL(column, uri))


def _delete(target: Target, name: tuple[str, str], columns: tuple[str, str], rows: Rows) -> None:
    start = f"s3://{target.settings.naming.bucket(Layer.BRONZE)}/"
    for key, numbers in rows.items():
        table = Catalog(target).load_table(name)
        table.delete(_AND(_EQUAL(columns[0], start + key), _IN(columns[1], numbers)))


def _quarantine(target: Target, dataset: Dataset) -> tuple[str, str]:
    return target.settings.naming.database(Layer.QUARANTINE, dataset.domain), dataset.name


def _names(person: Person, place: Place, row: Mapping[str, Any]) -> bool:
    return any(person.names(place.kind, value) for value in place.values(row))


def _silver(target: Target, dataset: Dataset) -> tuple[str, str]:
    return target.settings.naming.database(Layer.SILVER, dataset.domain), dataset.name


def _stored_places(dataset: Dataset, person: Person) -> Iterator[tuple[Place, Masking | None]]:
    """Yield where silver names somebody, and how it is masked; nothing where many share what is left."""
    for place, masking in _within(dataset.fields, (), None):
        if place.kind in person.identifiers and masking in (None, HASH, TOKENIZE):
            yield place, masking


def _within(
    fields: tuple[Field, ...], above: tuple[str, ...], masked: Masking | None
) -> Iterator[tuple[Place, Masking | None]]:
    for each in fields:
        path, masking = (*above, each.name), each.masking or masked
        if each.subject is not None:
            yield Place(each.subject, path), masking
        yield from _within(members(each.type), path, masking)


def _masked(target: Target, person: Person, masking: Masking | None) -> Person:
    """Return a person by what silver has in place of the identifiers."""
    naming = target.settings.naming
    if masking is None:
        return person
    secret = naming.masking_secret if masking == HASH else naming.token_secret
    key = target.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"].encode()
    mask = hasher(key) if masking == HASH else Tokens(key).token
    return Person({kind: frozenset(map(mask, some)) for kind, some in person.identifiers.items()})
