"""Finds texts of a Parquet file that are no UTF-8, which neither Arrow nor a table may hold."""

import pyarrow as pa

from lakehouse_etl.judge.fields.lists import is_list, items_of
from lakehouse_etl.judge.parquet.typed import NONE, Rows


def rows_not_utf8(array: pa.Array) -> Rows:
    """Return the rows in which a text is no UTF-8, however deep inside a value."""
    kind = array.type
    if pa.types.is_struct(kind):
        return frozenset().union(*(rows_not_utf8(member) for member in array.flatten()))
    if is_list(kind) or pa.types.is_map(kind):
        items = items_of(array)
        return items.rows(rows_not_utf8(items.values))
    if not pa.types.is_string(kind) or _is_utf8(array):
        return NONE
    texts = enumerate(array.cast(pa.binary()).to_pylist())
    return frozenset(at for at, text in texts if text is not None and not _is_text(text))


def _is_utf8(array: pa.Array) -> bool:
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
