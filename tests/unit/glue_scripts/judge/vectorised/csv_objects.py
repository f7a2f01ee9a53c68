"""Objects of CSV: many records that a contract wants, and some of everything else."""

import csv
import io
import random

from lakehouse_etl.contract.model import Dataset, Field
from lakehouse_etl.contract.types import Decimal, Primitive

from tests.unit.glue_scripts.judge.vectorised.drawn_values import field_text, field_token
from tests.unit.glue_scripts.mutations import TOKENS, mutated

_BOM = b"\xef\xbb\xbf"


def csv_object(rng: random.Random, dataset: Dataset, *, odd: float) -> bytes:
    """Return the content of an object; `odd` is the share of records that are not as they should be."""
    fields: list[Field | None] = [field for field in dataset.fields if field.required or rng.random() < 0.9]
    if rng.random() < 0.3:
        fields.append(None)
    rng.shuffle(fields)
    target = io.StringIO(newline="")
    end = rng.choice(("\n", "\n", "\r\n"))
    writer = csv.writer(target, lineterminator=end, quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    writer.writerow([_header(rng, field, odd) for field in fields])
    lines = [target.getvalue().encode()]
    for _ in range(rng.choice((1, 10, 100))):
        target.seek(0)
        target.truncate()
        writer.writerow([_cell(rng, field, dataset, odd) for field in fields])
        line = target.getvalue().encode()
        lines.append(mutated(rng, line, (_swap,)) if rng.random() < odd / 2 else line)
    if rng.random() < odd:
        lines.insert(rng.randrange(len(lines) + 1), end.encode())
    return rng.choice((b"", b"", _BOM)) + b"".join(lines)


def _header(rng: random.Random, field: Field | None, odd: float) -> str:
    if field is None:
        return rng.choice(("extra", "", "Extra"))
    return field.name.upper() if rng.random() < odd / 10 else field.name


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
