"""Records in CSV."""

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.fields import Field
from tools.records.files.encoding import UNKNOWN_FIELD, Encoding, lines
from tools.records.sample import Sample


class Csv(Encoding):
    """CSV with a header.

    Files have a column more than the contract. If it rejects such columns, only a file has it of which every
    line is to be rejected, the header among them.
    """

    def __init__(
        self, rng: random.Random, fields: Iterable[Field], null_token: str | None, *, strict: bool
    ) -> None:
        super().__init__(rng, fields, strict=strict)
        self._nulls = ("",) if null_token is None else (null_token, null_token, "")
        self._wider = [*self.names, self.unknown]
        self._header = self.names if strict else self._wider

    def plain(self, value: Any) -> Any:
        """A text; None stays."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, Number):
            return f"{value:f}"
        return str(value).lower() if isinstance(value, bool) else str(super().plain(value))

    def stray(self) -> Any:
        """A text."""
        return f"note {self.rng.randint(1, 9)}"

    def record(self, row: Mapping[str, Any]) -> bytes:
        """A value that is None becomes the empty text or the one that stands for null."""
        texts = {name: row.get(name) or self.rng.choice(self._nulls) for name in self.names}
        header = self._wider if self.unknown in row else self._header
        return _line([texts.get(name) or row.get(name, "") for name in header])

    def misfits(self, row: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """A record with a value for which there is no column, and a small file with an unknown column."""
        found = [("malformed_csv", self.record(row) + b",surplus")]
        if self.strict:
            found.append((UNKNOWN_FIELD, _line(self._wider)))
            found.append((UNKNOWN_FIELD, self.record({**row, self.unknown: self.stray()})))
        return found

    def files(self, samples: Sequence[Sample]) -> list[bytes]:
        """Files that have a header and a line for each record."""
        records = [sample.record for sample in samples if sample.reason != UNKNOWN_FIELD]
        refused = [sample.record for sample in samples if sample.reason == UNKNOWN_FIELD]
        header = _line(self._wider)
        refused.sort(key=lambda record: record != header)
        return [lines(content) for content in ([_line(self._header), *records], refused) if content]


def _line(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue().encode()
