"""What all ways have in common in which a source writes its records."""

import base64
import random
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Any

from lakehouse.model.fields import Field
from lakehouse.model.source_formats import SourceFormat
from tools.records.files.source_names import sourced
from tools.records.sample import Sample

_UNKNOWN = "not_in_contract"
UNKNOWN_FIELD = "unknown_field"
"""Code under which a record with a field is rejected that the contract does not name."""

_OFFSET = timezone(timedelta(hours=2))
_OFFSETS = 0.15


class Encoding(ABC):
    """How the records of one dataset are written.

    Args:
        rng: Where all chance comes from.
        fields: Columns of the contract.
        strict: Whether the contract rejects fields that it does not name.
    """

    refused: frozenset[str] = frozenset()
    """Codes of records that never reach bronze, since something on their way refuses them."""

    def __init__(self, rng: random.Random, fields: Iterable[Field], *, strict: bool) -> None:
        self.rng = rng
        self.strict = strict
        self._fields = {field.name: field for field in fields}
        self.names = [*self._fields]
        self.unknown = _UNKNOWN
        """Name of a field that the contract does not have."""
        while self.unknown in self.names or self.unknown in map(self.called, self.names):
            self.unknown += "_"

    def called(self, name: str) -> str:
        """What the source calls a column, or any other field."""
        return self._fields[name].source_name if name in self._fields else name

    def of(self, name: str, value: Any) -> Any:
        """A typed value of a column in the form in which a record holds it."""
        field = self._fields.get(name)
        if field is None:
            return self.plain(value)
        if field.source_format is not None and isinstance(value, date):
            return SourceFormat(field.source_format).written(value)
        return self.plain(sourced(value, field.type))

    def plain(self, value: Any) -> Any:
        """A typed value of a column that is written as everywhere."""
        if isinstance(value, datetime):
            return self._moment(value)
        if isinstance(value, date):
            return value.isoformat()
        return base64.b64encode(value).decode() if isinstance(value, bytes) else value

    @abstractmethod
    def stray(self) -> Any:
        """What a record holds in a field that the contract does not have."""

    @abstractmethod
    def record(self, row: Mapping[str, Any]) -> bytes:
        """One record of plain values, without the newline; those that are None it leaves empty."""

    @abstractmethod
    def misfits(self, row: Mapping[str, Any]) -> list[tuple[str, bytes]]:
        """Damage a good record in every way that has nothing to do with values: codes and records."""

    @abstractmethod
    def files(self, samples: Sequence[Sample]) -> list[bytes]:
        """Whole files that hold these records."""

    def _moment(self, value: datetime) -> str:
        if value.tzinfo is not None and self.rng.random() < _OFFSETS:
            value = value.astimezone(_OFFSET)
        return value.isoformat().replace("+00:00", "Z")


def lines(records: Iterable[bytes]) -> bytes:
    """A file in which each record ends with a newline."""
    return b"".join(record + b"\n" for record in records)
