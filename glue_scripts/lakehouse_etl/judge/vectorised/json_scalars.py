"""Scalar values of JSON into Arrow arrays."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.types import Decimal, Primitive
from lakehouse_etl.judge.vectorised.scalars import Scalars
from lakehouse_etl.judge.vectorised.values import Values


class Booleans:
    """Reads true and false."""

    wire: Any = bool

    def values(self, found: Sequence[Any]) -> Values:
        """Return some booleans."""
        return Values(pa.array(found, pa.bool_()), None, 0)


class Texts:
    """Reads values that JSON has no other form for than that of a text."""

    wire: Any = str

    def __init__(self, kind: Primitive) -> None:
        self._scalars = Scalars(kind)

    def values(self, found: Sequence[Any]) -> Values:
        """Return the values of some texts."""
        texts = pa.array(found, pa.string())
        return Values(*self._scalars.read(texts), _twice(texts.is_valid()) if texts.null_count else 2)


class Numbers:
    """Reads numbers, with quotes or without; until they are cast they stay the very text that came."""

    wire: Any = msgspec.Raw

    def __init__(self, kind: Primitive | Decimal) -> None:
        self._scalars = Scalars(kind)

    def values(self, found: Sequence[Any]) -> Values:
        """Return some numbers; null comes as the text that it is in JSON."""
        texts = pa.array([None if raw is None else bytes(raw) for raw in found], pa.string())
        null = pc.equal(texts, "null")
        if pc.any(null, min_count=0).as_py():
            texts = pc.if_else(null, pa.scalar(None, pa.string()), texts)
        quoted = pc.starts_with(texts, '"')
        if not pc.any(quoted, min_count=0).as_py():
            return Values(*self._scalars.read(texts), 0)
        return Values(*self._scalars.read(pc.utf8_trim(texts, '"')), _twice(pc.fill_null(quoted, False)))


def _twice(holds: pa.Array) -> pa.Array:
    return pc.if_else(holds, pa.scalar(2, pa.int32()), pa.scalar(0, pa.int32()))
