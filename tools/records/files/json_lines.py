"""Records as lines of JSON."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.fields import Field
from tools.records.files.encoding import UNKNOWN_FIELD, Encoding, lines
from tools.records.sample import Sample

_MALFORMED = "malformed_json"
_QUOTED_NUMBERS = 0.2
_JSON_DIGITS = 15
"""Digits of a number that every JSON reader keeps: https://datatracker.ietf.org/doc/html/rfc8259#section-6"""


class JsonLines(Encoding):
    """One JSON object per line.

    Args:
        rng: Where all chance comes from.
        fields: Columns of the contract.
        strict: Whether the contract rejects fields that it does not name.
        routing: Members that a shared stream needs.
        prepared: Whether a function refuses what is no JSON before it reaches bronze.
    """

    def __init__(
        self,
        rng: random.Random,
        fields: Iterable[Field],
        *,
        strict: bool,
        routing: Mapping[str, str] | None = None,
        prepared: bool = False,
    ) -> None:
        super().__init__(rng, fields, strict=strict)
        self._routing = routing or {}
        if prepared:
            self.refused = frozenset({_MALFORMED})

    def plain(self, value: Any) -> Any:
        """As JSON has it; decimals are numbers, or texts where a number would lose digits."""
        if isinstance(value, Number):
            short = len(value.as_tuple().digits) <= _JSON_DIGITS
            return float(value) if short and self.rng.random() > _QUOTED_NUMBERS else f"{value:f}"
        if isinstance(value, Mapping):
            return {name: self.plain(member) for name, member in value.items()}
        return [self.plain(each) for each in value] if isinstance(value, list) else super().plain(value)

    def stray(self) -> Any:
        """Something nested, since JSON allows it."""
        return {"note": "the source sent this, too", "level": self.rng.randint(1, 9)}

    def record(self, row: Mapping[str, Any]) -> bytes:
        """A value that is None is sent as null or left out."""
        shown = {name: value for name, value in row.items() if value is not None or self.rng.random() < 1 / 2}
        members = {self.called(name): value for name, value in shown.items()}
        return json.dumps({**members, **self._routing}, ensure_ascii=False).encode()

    def misfits(self, row: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """A record without its end, as from a connection that broke, and one with an unknown field."""
        found = [(_MALFORMED, self.record(row)[:-1])]
        if self.strict:
            found.append((UNKNOWN_FIELD, self.record({**row, self.unknown: self.stray()})))
        return found

    def files(self, samples: Sequence[Sample]) -> list[bytes]:
        """One file, in which each line ends with a newline."""
        return [lines(sample.record for sample in samples)]


class ConvertedLines(JsonLines):
    """JSON that Firehose makes Parquet of: only the forms that it documents, and unknown fields are lost."""

    refused = frozenset({_MALFORMED, "wrong_type", "overflow", "bad_timestamp"})

    def _moment(self, value: datetime) -> str:
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if value.tzinfo else "%Y-%m-%d %H:%M:%S.%f")
