"""Text and JSON as values of Hive's types."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

_EPOCH = datetime(1970, 1, 1)


def of_text(text: str, kind: pa.DataType) -> Any:
    """A value as Hive writes it in text.

    Raises:
        ValueError: The text is no such value.
    """
    if _is_text(kind):
        return text
    if pa.types.is_binary(kind):
        return text.encode()
    return _scalar(kind)(text.strip())


def of_json(value: Any, kind: pa.DataType) -> Any:
    """A value of a JSON document; whatever goes into a string is text, nested values are JSON again.

    Raises:
        ValueError: It is no such value.
    """
    if value is None:
        return None
    if _is_text(kind):
        return (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        )
    if pa.types.is_list(kind):
        return [of_json(one, kind.value_type) for one in _a(list, value)]
    if pa.types.is_map(kind):
        entries = _a(dict, value).items()
        return [(of_text(key, kind.key_type), of_json(one, kind.item_type)) for key, one in entries]
    if pa.types.is_struct(kind):
        fields = {key.lower(): one for key, one in _a(dict, value).items()}
        return {field.name: of_json(fields.get(field.name.lower()), field.type) for field in kind}
    if isinstance(value, dict | list):
        raise ValueError(f"{kind} is wanted, got {json.dumps(value)}")
    return of_text(str(value).lower() if isinstance(value, bool) else str(value), kind)


def of_number(text: str, kind: pa.DataType) -> Any:
    """A value in a CSV of the OpenCSVSerDe, which has times as milliseconds and dates as days since 1970.

    Source: https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html

    Raises:
        ValueError: The text is no such value.
    """
    if pa.types.is_timestamp(kind):
        return _EPOCH + timedelta(milliseconds=int(text))
    if pa.types.is_date(kind):
        return (_EPOCH + timedelta(days=int(text))).date()
    return of_text(text, kind)


def _a(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{kind.__name__} is wanted, got {json.dumps(value)}")
    return value


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _scalar(kind: pa.DataType) -> Callable[[str], Any]:
    readers: tuple[tuple[Callable[[pa.DataType], bool], Callable[[str], Any]], ...] = (
        (pa.types.is_boolean, _boolean),
        (pa.types.is_integer, int),
        (pa.types.is_floating, float),
        (pa.types.is_decimal, lambda text: _decimal(text, kind.scale)),
        (pa.types.is_date, date.fromisoformat),
        (pa.types.is_timestamp, lambda text: _time(text, zoned=kind.tz is not None)),
    )
    for fits, reader in readers:
        if fits(kind):
            return reader
    raise ValueError(f"{kind} cannot be read from text")


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"{text!r} is no boolean")
    return text.lower() == "true"


def _decimal(text: str, scale: int) -> Decimal:
    try:
        return Decimal(text).quantize(Decimal(1).scaleb(-scale))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no decimal") from error


def _time(text: str, *, zoned: bool) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        moment = moment.astimezone(UTC)
    return moment.replace(tzinfo=UTC if zoned else None)
