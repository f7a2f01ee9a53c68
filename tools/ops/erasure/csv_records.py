"""Records of a CSV object with the bytes that each is, found as the judge of records finds them."""

import csv
import io
from collections.abc import Iterator, Mapping

from lakehouse_etl.contract.source import Dialect as Written
from lakehouse_etl.judge.csv.dialect import CsvReading

from lakehouse.model.dataset import Dataset


class CsvError(ValueError):
    """An object cannot be split into records without changing a byte of it."""


def rows(content: bytes, dataset: Dataset) -> Iterator[tuple[bytes, Mapping[str, str] | None, str]]:
    """Yield bytes, values by name and text of each record, the header first of all, which has no values.

    A record that is none has no values either. Neither has any where the header is of no use.

    Raises:
        CsvError: Texts of the object's encoding do not make its bytes again.
    """
    if dataset.ingestion is None:
        raise ValueError(f"{dataset.id}: got a product; allowed: datasets that arrive from a source")
    dialect = dataset.ingestion.dialect
    reading = CsvReading(Written(**vars(dialect)))
    stream = reading.text_of(io.BytesIO(content))
    encoding, errors = stream.encoding, stream.errors or "strict"
    text = stream.read()
    encoded = _encoded(text, encoding, errors)
    if not content.endswith(encoded):
        raise CsvError(f"not {dialect.encoding} throughout")
    yield from _rows(content[: len(content) - len(encoded)], text, reading, dataset, (encoding, errors))


def _rows(
    mark: bytes, text: str, reading: CsvReading, dataset: Dataset, codec: tuple[str, str]
) -> Iterator[tuple[bytes, Mapping[str, str] | None, str]]:
    taken: list[str] = []
    records = reading.records(_noting(text, taken))
    names = [field.source_name for field in dataset.fields]
    header = dataset.ingestion is None or dataset.ingestion.dialect.header
    while True:
        try:
            values = reading.restored(next(records))
        except StopIteration:
            break
        except csv.Error:
            values = ()
        raw = "".join(taken)
        taken.clear()
        body = mark + _encoded(raw, *codec)
        mark = b""
        if header:
            names, header = [*values], False
            yield body, None, raw
        else:
            yield body, dict(zip(names, values, strict=True)) if len(values) == len(names) else None, raw
    if taken or mark:
        yield mark + _encoded("".join(taken), *codec), None, "".join(taken)


def _noting(text: str, taken: list[str]) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        taken.append(line)
        yield line


def _encoded(text: str, encoding: str, errors: str) -> bytes:
    try:
        return text.encode(encoding.removesuffix("-sig"), errors)
    except UnicodeError as error:
        raise CsvError(f"not {encoding} throughout") from error
