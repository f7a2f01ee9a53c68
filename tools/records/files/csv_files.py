"""Records in CSV."""

import random
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.dialect import USUAL, Dialect
from lakehouse.model.fields import Field
from tools.records.files.encoding import UNKNOWN_FIELD, Encoding, lines
from tools.records.sample import Sample


class Csv(Encoding):
    """CSV in the dialect of a contract.

    Files with a header have a column more than the contract. If it rejects such columns, only a file has it
    of which every line is to be rejected, the header among them.
    """

    def __init__(
        self,
        rng: random.Random,
        fields: Iterable[Field],
        null_token: str | None,
        *,
        strict: bool,
        dialect: Dialect = USUAL,
    ) -> None:
        super().__init__(rng, fields, strict=strict or not dialect.header)
        self._dialect = dialect
        self._rejects_unknown = strict and dialect.header
        self._nulls = ("",) if null_token is None else (null_token, null_token, "")
        self._wider = [*self.names, self.unknown]
        self._header = self.names if self.strict else self._wider

    def plain(self, value: Any) -> Any:
        """A text; None stays."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, Number | float):
            text = f"{value:f}" if isinstance(value, Number) else str(value)
            return text.replace(".", self._dialect.decimal_char)
        return str(value).lower() if isinstance(value, bool) else str(super().plain(value))

    def stray(self) -> Any:
        """A text."""
        return f"note {self.rng.randint(1, 9)}"

    def record(self, row: Mapping[str, Any]) -> bytes:
        """A value that is None becomes the empty text or the one that stands for null."""
        texts = {name: row.get(name) or self.rng.choice(self._nulls) for name in self.names}
        header = self._wider if self.unknown in row else self._header
        return self._line([texts.get(name) or row.get(name) or "" for name in header])

    def misfits(self, row: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """A record with a value for which there is no column, and a small file with an unknown column."""
        surplus = f"{self._dialect.delimiter}surplus".encode()
        found = [("malformed_csv", self.record(row) + surplus)]
        if self._rejects_unknown:
            found.append((UNKNOWN_FIELD, self._named(self._wider)))
            found.append((UNKNOWN_FIELD, self.record({**row, self.unknown: self.stray()})))
        return found

    def files(self, samples: Sequence[Sample]) -> list[bytes]:
        """Files that have a line for each record, behind a header where the dialect has one."""
        records = [sample.record for sample in samples if sample.reason != UNKNOWN_FIELD]
        refused = [sample.record for sample in samples if sample.reason == UNKNOWN_FIELD]
        header = self._named(self._wider)
        refused.sort(key=lambda record: record != header)
        first = [self._named(self._header)] if self._dialect.header else []
        contents = [lines(content) for content in ([*first, *records], refused) if content]
        return [content.decode().encode(self._dialect.encoding) for content in contents]

    def _named(self, names: list[str]) -> bytes:
        return self._line([self.called(name) for name in names])

    def _line(self, cells: list[str]) -> bytes:
        return self._dialect.delimiter.join(map(self._cell, cells)).encode()

    def _cell(self, text: str) -> str:
        quote, escape = self._dialect.quote_char, self._dialect.escape_char
        if escape is not None:
            marks = (escape, self._dialect.delimiter if quote is None else quote)
            for mark in marks:
                text = text.replace(mark, escape + mark)
        elif quote is not None:
            text = text.replace(quote, quote * 2)
        needed = (quote, escape, self._dialect.delimiter, "\n", "\r")
        return f"{quote}{text}{quote}" if quote and any(mark and mark in text for mark in needed) else text
