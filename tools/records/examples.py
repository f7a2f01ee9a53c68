"""Examples of a contract, which are texts there, as the values that they stand for."""

import base64
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Context
from decimal import Decimal as Number
from typing import Any

from lakehouse.model.fields import Checks, Decimal, Scalar, Type
from tools.records.grid import grid_of, single

_CONTEXT = Context(prec=40)


def read(kind: Type, text: str) -> Any:
    """The value that an example stands for; None if it is no value of the type, or the type is nested."""
    try:
        if isinstance(kind, Decimal):
            value: Any = Number(text).quantize(Number(1).scaleb(-kind.scale), context=_CONTEXT)
            value = value if value == Number(text) else None
        else:
            value = _READERS[kind](text) if isinstance(kind, Scalar) else None
    except (ValueError, ArithmeticError):
        return None
    grid = None if value is None else grid_of(kind, Checks())
    if grid is None or isinstance(value, float):
        return value
    return value if grid.low <= grid.number(value) <= grid.high else None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _local(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return None if moment.tzinfo else moment


def _instant(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else None


_READERS: dict[Scalar, Callable[[str], Any]] = {
    Scalar.STRING: str,
    Scalar.BOOLEAN: lambda text: {"true": True, "false": False}.get(text.lower()),
    Scalar.INT: int,
    Scalar.LONG: int,
    Scalar.FLOAT: lambda text: _finite(single(float(text))),
    Scalar.DOUBLE: lambda text: _finite(float(text)),
    Scalar.DATE: date.fromisoformat,
    Scalar.TIMESTAMP: _local,
    Scalar.TIMESTAMPTZ: _instant,
    Scalar.BINARY: lambda text: base64.b64decode(text, validate=True),
}
