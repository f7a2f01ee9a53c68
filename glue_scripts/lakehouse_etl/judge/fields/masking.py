"""Masks personal values before they leave the judge."""

import hmac
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from lakehouse_etl.contract.model import Field
from lakehouse_etl.judge.fields.arrow_types import arrow_type

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
        return lambda values: pa.array([hashed(key, text) for text in values], kind)
    return lambda values: pa.array(values, kind)


def hashed(key: bytes, text: str | None) -> str | None:
    """Return the HMAC-SHA-256 of a text in hex, https://datatracker.ietf.org/doc/html/rfc2104."""
    return None if text is None else hmac.digest(key, text.encode(), "sha256").hex()
