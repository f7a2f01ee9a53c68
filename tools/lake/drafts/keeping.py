"""A small sample to keep beside a contract: the first records, personal values replaced by made-up ones."""

import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from lakehouse_etl.judge.parquet.file import ParquetObject

from lakehouse.layout.samples import SAMPLES, sample_files
from lakehouse.model.dataset import Dataset, Format
from lakehouse.model.fields import Field, Scalar
from tools.lake.drafts.draft import Draft
from tools.lake.drafts.samples.csv_lines import first_records
from tools.lake.drafts.samples.json_lines import first_objects
from tools.lake.drafts.samples.reading import source_of
from tools.records.files.csv_files import Csv
from tools.records.files.encoding import Encoding, lines
from tools.records.files.json_lines import JsonLines
from tools.records.sample import Sample
from tools.records.values import Values

RECORDS = 50
"""Records that are kept."""

_MADE_UP: Mapping[str, Callable[[int], str]] = {
    "e-mail addresses": "person{}@example.com".format,
    "phone numbers": lambda number: f"+1 202 555 {100 + number % 100:04}",  # set aside for fiction
    "IP addresses": lambda number: f"192.0.2.{number % 256}",  # RFC 5737
    "MAC addresses": lambda number: f"00:00:5E:00:53:{number % 256:02X}",  # RFC 9542
    "names of people": "Person {}".format,
    "addresses": "{} Example Street".format,
}
"""Texts in place of personal ones, by what these are and a number that tells them apart."""


def keep_sample(draft: Draft, dataset: Dataset, path: Path, root: Path) -> Path | None:
    """Write the first records of a sample into the folder of samples beside a contract.

    Args:
        draft: What was drafted from the sample.
        dataset: The same as the lake knows it.
        path: The sample.
        root: Folder of the project.

    Returns:
        The file; None where other samples of the dataset lie there already, which stay as they are.
    """
    faker = _Faker(draft, dataset)
    target = (root / dataset.source).parent / SAMPLES / f"{dataset.name}.{draft.format}"
    if set(sample_files(root, dataset)) - {target}:
        return None
    content = _CONTENT[draft.format](draft, dataset, path, faker)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


class _Faker:
    """Makes up a value for each personal one, the same one for the same."""

    def __init__(self, draft: Draft, dataset: Dataset) -> None:
        self._kinds = {column.name: column.personal for column in draft.columns if column.personal}
        self._fields = {field.name: field for field in dataset.fields if field.name in self._kinds}
        self._rng = random.Random(0)  # noqa: S311 (made up, not secret)
        self._values = Values(self._rng, {})
        self._known: dict[tuple[str, str], Any] = {}

    @property
    def fields(self) -> Sequence[Field]:
        """The columns that are personal."""
        return [*self._fields.values()]

    def made_up(self, field: Field, given: Any) -> Any:
        """Return a typed value in place of one that is not null."""
        key = field.name, repr(given)
        if key not in self._known:
            number = len(self._known) + 1
            text = _MADE_UP.get(str(self._kinds[field.name]), f"{field.name} {{}}".format)
            self._known[key] = text(number) if field.type is Scalar.STRING else self._values.present(field)
        return self._known[key]


def _csv(draft: Draft, dataset: Dataset, path: Path, faker: _Faker) -> bytes:
    dialect = draft.sample.dialect
    encoding = Csv(random.Random(0), dataset.fields, None, strict=True, dialect=dialect)  # noqa: S311
    rows = [
        {field.name: row.get(field.source_name.strip(), "") for field in dataset.fields}
        for row in first_records(source_of(path), dialect, RECORDS)
    ]
    for row in rows:
        for field in faker.fields:
            if row[field.name] not in ("", draft.null_token):
                row[field.name] = encoding.of(field.name, faker.made_up(field, row[field.name]))
    [content] = encoding.files([Sample(encoding.record(row), None, row) for row in rows])
    return content


def _json(draft: Draft, dataset: Dataset, path: Path, faker: _Faker) -> bytes:
    encoding: Encoding = JsonLines(random.Random(0), dataset.fields, strict=True)  # noqa: S311
    kept = {field.source_name for field in dataset.fields}
    found = []
    for text in first_objects(source_of(path), RECORDS):
        row = {name: value for name, value in json.loads(text).items() if name in kept}
        for field in faker.fields:
            if row.get(field.source_name) is not None:
                value = faker.made_up(field, row[field.source_name])
                row[field.source_name] = encoding.of(field.name, value)
        found.append(json.dumps(row, ensure_ascii=False).encode())
    return lines(found)


def _parquet(draft: Draft, dataset: Dataset, path: Path, faker: _Faker) -> bytes:
    file = ParquetObject(path)
    table = pa.Table.from_batches(islice(file.batches(), 1), file.schema).slice(0, RECORDS)
    table = table.select([field.source_name for field in dataset.fields])
    for field in faker.fields:
        at, kind = table.schema.get_field_index(field.source_name), table.schema.field(field.source_name).type
        values = [
            None if given is None else faker.made_up(field, given) for given in table.column(at).to_pylist()
        ]
        table = table.set_column(at, field.source_name, pa.array(values).cast(kind))
    stored = io.BytesIO()
    pq.write_table(table, stored)
    return stored.getvalue()


_CONTENT = {Format.CSV: _csv, Format.JSON: _json, Format.PARQUET: _parquet}
