"""Masks personal values before they leave the judge."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import pyarrow as pa

from lakehouse_etl.contract.model import Field
from lakehouse_etl.judge.fields.arrow_types import arrow_type

_BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""

_PADS = (0x36, 0x5C)

Column = Callable[[Sequence[Any]], pa.Array]
"""Makes an Arrow column of the values of a field."""


def masked_column(field: Field, key: bytes | None) -> Column:
    """Return what makes the column of a field: HMAC-SHA-256 in hex of a hashed one, null of a redacted one.

    Raises:
        ValueError: The field is hashed, and there is no key.
    """
    kind = arrow_type(field.type)
    if field.masking == "redact":
        return lambda values: pa.nulls(len(values), kind)
    if field.masking == "hash":
        if key is None:
            raise ValueError(f"{field.name}: to be hashed, got no masking key; fix: hand it to the judge")
        hashed = hasher(key)
        return lambda values: pa.array([text if text is None else hashed(text) for text in values], kind)
    return lambda values: pa.array(values, kind)


def hasher(key: bytes) -> Callable[[str], str]:
    """Return what makes HMAC-SHA-256 in hex of a text, https://datatracker.ietf.org/doc/html/rfc2104.

    The key is taken in once; `hmac.digest` does it for each text, which takes more than twice as long.
    """
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = (sha256(bytes(byte ^ pad for byte in block)) for pad in _PADS)

    def hashed(text: str) -> str:
        within, around = inner.copy(), outer.copy()
        within.update(text.encode())
        around.update(within.digest())
        return around.hexdigest()

    return hashed
