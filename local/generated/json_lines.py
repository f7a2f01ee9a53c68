"""Records as lines of JSON."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal as Number
from typing import Any

from local.generated.encoding import UNKNOWN_FIELD, Encoding, lines
from local.sample_data import Sample

_QUOTED_NUMBERS = 0.2
_JSON_DIGITS = 15
"""Digits of a number that every JSON reader keeps: https://datatracker.ietf.org/doc/html/rfc8259#section-6"""


class JsonLines(Encoding):
    """One JSON object per line."""

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
        return json.dumps(shown, ensure_ascii=False).encode()

    def misfits(self, row: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """A record without its end, as from a connection that broke, and one with an unknown field."""
        found = [("malformed_json", self.record(row)[:-1])]
        if self.strict:
            found.append((UNKNOWN_FIELD, self.record({**row, self.unknown: self.stray()})))
        return found

    def files(self, samples: Sequence[Sample]) -> list[bytes]:
        """One file, in which each line ends with a newline."""
        return [lines(sample.record for sample in samples)]
