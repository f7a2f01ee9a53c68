"""Objects of CSV: many records that a contract wants, and some of everything else."""

import random

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.source import Dialect
from lakehouse_etl.contract.types import Decimal, Primitive

from tests.unit.glue_scripts.judge.vectorised.drawn_values import field_text, field_token
from tests.unit.glue_scripts.mutations import TOKENS, mutated

_CODECS = {"utf-16": "utf-16-le"}
_BOM = b"\xef\xbb\xbf"


def csv_object(rng: random.Random, dataset: Dataset, *, odd: float) -> bytes:
    """Return the content of an object; `odd` is the share of records that are not as they should be."""
    dialect = dataset.bronze.dialect
    fields = _fields(rng, dataset)
    end, quoted = rng.choice(("\n", "\n", "\r\n")), rng.random() < 0.5
    lines = [_line(dialect, [_header(rng, field, odd) for field in fields], quoted=quoted) + end]
    for _ in range(rng.choice((1, 10, 100))):
        lines.append(_line(dialect, [_cell(rng, each, dataset, odd) for each in fields], quoted=quoted) + end)
    if rng.random() < odd:
        lines.insert(rng.randrange(len(lines) + 1), end)
    codec = _CODECS.get(dialect.encoding, dialect.encoding)
    written = [line.encode(codec, "replace") for line in lines]
    some = [
        mutated(rng, line, (_swap,)) if at and rng.random() < odd / 2 else line
        for at, line in enumerate(written)
    ]
    marks = {"utf-8": (b"", b"", _BOM), "utf-16": (b"", b"\xff\xfe")}
    return rng.choice(marks.get(dialect.encoding, (b"",))) + b"".join(some[0 if dialect.header else 1 :])


def _fields(rng: random.Random, dataset: Dataset) -> list[Field | None]:
    """Fields in the order in which an object has them; None: one that the contract does not name."""
    if not dataset.bronze.dialect.header:
        return [*dataset.fields]
    fields: list[Field | None] = [field for field in dataset.fields if field.required or rng.random() < 0.9]
    if rng.random() < 0.3:
        fields.append(None)
    rng.shuffle(fields)
    return fields


def _line(dialect: Dialect, cells: list[str], *, quoted: bool) -> str:
    return dialect.delimiter.join(_written(dialect, cell, quoted=quoted) for cell in cells)


def _written(dialect: Dialect, cell: str, *, quoted: bool) -> str:
    quote, escape = dialect.quote_char, dialect.escape_char
    if escape:
        for mark in (escape, quote or dialect.delimiter):
            cell = cell.replace(mark, escape + mark)
    elif quote:
        cell = cell.replace(quote, quote * 2)
    needs = any(mark and mark in cell for mark in (quote, dialect.delimiter, "\n", "\r"))
    return f"{quote}{cell}{quote}" if quote and (quoted or needs) else cell


def _header(rng: random.Random, field: Field | None, odd: float) -> str:
    if field is None:
        return rng.choice(("extra", "", "Extra"))
    return field.source_name.upper() if rng.random() < odd / 10 else field.source_name


def _cell(rng: random.Random, field: Field | None, dataset: Dataset, odd: float) -> str:
    if field is None:
        return rng.choice(("", "x", 'say "x"', "é"))
    if rng.random() < (odd / 4 if field.required else 0.2):
        return rng.choice(("", dataset.bronze.null_token or ""))
    if rng.random() < odd / 4:
        return rng.choice(TOKENS).decode(errors="replace")
    if isinstance(field.type, Primitive | Decimal):
        return field_text(rng, field)
    return field_token(rng, field, odd / 4)


def _swap(rng: random.Random, line: bytes) -> bytes:
    """Put another token in place of what comes before a comma."""
    _, comma, after = line.partition(b",")
    return rng.choice(TOKENS) + comma + after
