"""Takes records of a person out of an object of bronze; all others stay as they are, byte for byte.

An object is held in memory as a whole. Of Parquet, values stay, not bytes: a file of columns is written anew.
"""

import gzip
import io
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakehouse.model.dataset import Dataset, Format
from tools.ops.erasure.csv_records import CsvError, rows
from tools.ops.erasure.person import Person, Place, places

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_BOM = "\ufeff"
_EMPTIED = b'{"rawData": "", "errorCode": "erased"}\n'
"""Takes the place of what could not be delivered: others of its object are known by their positions."""

_CODECS = {"UNCOMPRESSED": "none"}
"""What Arrow calls a codec when it writes, where it does not as when it reads."""

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")

Judge = Callable[[bytes], bool | None]
"""Says of a line whether it goes: yes, no, or None, where it stays though it mentions the person."""


class UnreadableError(ValueError):
    """Nobody can tell whether an object holds records of a person."""


@dataclass(frozen=True)
class Rest:
    """What is left of an object."""

    body: bytes
    """As it was, if nothing was removed."""
    removed: int
    """Records that are the person's."""
    mentioned: int
    """Records of others, which stay, that mention the person in another place than contracts name."""


def without(body: bytes, datasets: Sequence[Dataset], person: Person) -> Rest:
    """Remove what is the person's by the contracts of some datasets, in the format of the first.

    A record that cannot be read is the person's if it mentions an identifier as a whole word. So is each
    where there is no contract.

    Raises:
        UnreadableError: The object is damaged, or would not stay the same.
    """
    content = _inflated(body)
    if content.startswith(_PARQUET):
        return _without_rows(content, datasets, person)
    ingestion = datasets[0].ingestion if datasets else None
    if ingestion is not None and ingestion.format is Format.CSV:
        rest = _without_csv(content, datasets[0], person)
    else:
        rest = _without_lines(content, _line_judge(datasets, person))
    if not rest.removed:
        return Rest(body, 0, rest.mentioned)
    compressed = gzip.compress(rest.body, mtime=0) if body.startswith(_GZIP) else rest.body
    return Rest(compressed, rest.removed, rest.mentioned)


def _inflated(body: bytes) -> bytes:
    try:
        return gzip.decompress(body) if body.startswith(_GZIP) else body
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableError("compressed, and damaged or cut off") from error


def _without_lines(content: bytes, judge: Judge) -> Rest:
    kept, removed, mentioned = [], 0, 0
    for line in _LINE.findall(content):
        verdict = judge(line)
        removed += verdict is True
        mentioned += verdict is None
        if verdict is not True:
            kept.append(line)
        elif _undelivered(_parsed(line.decode(errors="replace"))) is not None:
            kept.append(_EMPTIED)
    return Rest(b"".join(kept), removed, mentioned)


def _line_judge(datasets: Sequence[Dataset], person: Person) -> Judge:
    known = _places(datasets)

    def judge(line: bytes) -> bool | None:
        text = line.decode(errors="replace")
        values = _parsed(text)
        undelivered = _undelivered(values)
        if undelivered is not None:
            inside = without(undelivered, datasets, person)  # may be many, which go together
            return inside.removed + inside.mentioned > 0
        mentions = person.is_in(text) or person.is_in(json.dumps(values, ensure_ascii=False))
        if not known or not isinstance(values, dict):
            return mentions
        return True if _is_of(values, known, person) else None if mentions else False

    return judge


def _undelivered(values: object) -> bytes | None:
    """Return the record in a line of Firehose's, which tells what could not be delivered.

    https://docs.aws.amazon.com/firehose/latest/dev/data-transformation-failure-handling.html
    """
    match values:
        case {"rawData": str(raw), "errorCode": _}:
            try:
                return b64decode(raw, validate=True)
            except ValueError:
                return None
    return None


def _parsed(text: str) -> object:
    """Return what a line says as JSON, None if it says nothing; of a repeated name all values count."""
    try:
        return json.loads(text.strip().removeprefix(_BOM), object_pairs_hook=_every)
    except (ValueError, RecursionError):
        return None


def _every(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        found[name] = [found[name], value] if name in found else value
    return found


def _without_csv(content: bytes, dataset: Dataset, person: Person) -> Rest:
    known, kept, removed, mentioned = _places([dataset]), [], 0, 0
    try:
        for raw, values, text in rows(content, dataset):
            of_person = values is not None and _is_of(_held(values, known), known, person)
            mentions = person.is_in(text)
            if of_person or (values is None and mentions):
                removed += 1
            else:
                mentioned += mentions
                kept.append(raw)
    except CsvError as error:
        raise UnreadableError(str(error)) from error
    return Rest(b"".join(kept), removed, mentioned)


def _held(values: Mapping[str, str], known: Sequence[Place]) -> dict[str, object]:
    """Return a record with the columns as values of JSON in which members name somebody."""
    nested = {place.path[0].casefold() for place in known if len(place.path) > 1}
    return {
        name: _parsed(text) if name.strip().casefold() in nested else text for name, text in values.items()
    }


def _without_rows(content: bytes, datasets: Sequence[Dataset], person: Person) -> Rest:
    known = _places(datasets)
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        groups = [file.read_row_group(at) for at in range(file.num_row_groups)]
        told = [group.select(_telling(group, known)).to_pylist() for group in groups]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableError(f"not a whole Parquet file: {error}") from error
    kept, removed, mentioned = [], 0, 0
    for group, records in zip(groups, told, strict=True):
        stays = []
        for record in records:
            mentions = person.is_in(str(record))
            goes = _is_of(record, known, person) if known else mentions
            stays.append(not goes)
            mentioned += mentions and not goes
        removed += stays.count(False)
        kept.append(group.filter(pa.array(stays, pa.bool_())) if records else group)
    if not removed:
        return Rest(content, 0, mentioned)
    return Rest(_written(file, kept), removed, mentioned)


def _telling(group: pa.Table, known: Iterable[Place]) -> list[str]:
    """Return the columns that name somebody, and those of texts, which may mention somebody."""
    naming = {place.path[0].casefold() for place in known}
    return [
        each.name
        for each in group.schema
        if each.name.strip().casefold() in naming or pa.types.is_string(each.type)
    ]


def _written(file: pq.ParquetFile, groups: Sequence[pa.Table]) -> bytes:
    """Write groups of rows as a file was written; one without any row has the schema alone."""
    first = file.metadata.row_group(0)
    columns = [first.column(at) for at in range(first.num_columns)]
    target = io.BytesIO()
    with pq.ParquetWriter(
        target,
        file.schema_arrow,
        compression={
            each.path_in_schema: _CODECS.get(each.compression, each.compression) for each in columns
        },
        use_deprecated_int96_timestamps=any(each.physical_type == "INT96" for each in columns),
        version=file.metadata.format_version,
    ) as writer:
        for group in groups:
            if group.num_rows:
                writer.write_table(group)
    return target.getvalue()


def _places(datasets: Sequence[Dataset]) -> list[Place]:
    return [place for dataset in datasets for place in places(dataset)]


def _is_of(record: Mapping[str, Any], known: Iterable[Place], person: Person) -> bool:
    return any(person.names(place.kind, value) for place in known for value in place.values(record))
