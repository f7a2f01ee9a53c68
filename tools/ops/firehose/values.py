"""How Firehose reads JSON values into the columns of a Glue table.

Forms of timestamps: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
"""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

_SCALARS = {
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "string": pa.string(),
}
_CLOCK = r"\d\d:\d\d:\d\d(?:\.\d{1,9})?"
_TIMESTAMP = re.compile(rf"(?P<day>\d{{4}}-\d\d-\d\d)(?:T(?P<utc>{_CLOCK})Z| (?P<time>{_CLOCK}))")
_MILLISECOND_DIGITS = 13
_MICROSECOND_DIGITS = 6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MismatchError(ValueError):
    """A value does not fit its column."""


def arrow_type(hive: str) -> pa.DataType:
    """Return the Arrow type of a Hive type.

    Raises:
        KeyError: It is none that Firehose is asked to write here.
    """
    text = hive.strip()
    kind, _, rest = text.partition("<")
    inner = _parts(rest.removesuffix(">"))
    if kind == "array":
        return pa.list_(arrow_type(inner[0]))
    if kind == "map":
        return pa.map_(arrow_type(inner[0]), arrow_type(inner[1]))
    if kind == "struct":
        members = [part.split(":", 1) for part in inner]
        return pa.struct([(name, arrow_type(member)) for name, member in members])
    return _SCALARS[text]


def _parts(text: str) -> list[str]:
    """Split at the commas that are in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += letter in "<("
        depth -= letter in ">)"
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def value_of(value: Any, kind: pa.DataType) -> Any:
    """Return a JSON value as the column takes it.

    Raises:
        MismatchError: It cannot.
    """
    if value is None:
        return None
    if pa.types.is_nested(kind):
        return _nested(value, kind)
    if pa.types.is_string(kind):
        return value if isinstance(value, str) else json.dumps(value)
    if isinstance(value, list | dict):
        raise MismatchError(f"{type(value).__name__} in a column of {kind}")
    try:
        return _scalar(value, kind)
    except (ValueError, OverflowError) as error:
        raise MismatchError(f'For input string: "{value}"') from error


def _nested(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_list(kind) and isinstance(value, list):
        return [value_of(each, kind.value_type) for each in value]
    if pa.types.is_list(kind) or not isinstance(value, dict):
        raise MismatchError(f"{type(value).__name__} in a column of {kind}")
    if pa.types.is_map(kind):
        return [(name, value_of(each, kind.item_type)) for name, each in value.items()]
    return {member.name: value_of(value.get(member.name), member.type) for member in kind}


def _scalar(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_boolean(kind):
        return ("false", "true").index(str(value).lower()) == 1
    if pa.types.is_floating(kind):
        return float(value)
    if pa.types.is_date(kind):
        return date.fromisoformat(str(value))
    if pa.types.is_timestamp(kind):
        return _instant(value)
    if isinstance(value, float) or not re.fullmatch(r"[-+]?\d+", str(value)):
        raise ValueError(value)
    if not -(2 ** (kind.bit_width - 1)) <= int(value) < 2 ** (kind.bit_width - 1):
        raise ValueError(value)
    return int(value)


def _instant(value: Any) -> datetime:
    """An instant in UTC, without its zone; numbers are seconds, or with 13 digits milliseconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, int) and len(str(abs(value))) >= _MILLISECOND_DIGITS
        return (_EPOCH + timedelta(seconds=value / 1000 if whole else value)).replace(tzinfo=None)
    found = _TIMESTAMP.fullmatch(str(value))
    if not found:
        raise ValueError(value)
    clock, _, fraction = (found["utc"] or found["time"]).partition(".")
    micros = fraction[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0")
    return datetime.fromisoformat(f"{found['day']}T{clock}.{micros}")
