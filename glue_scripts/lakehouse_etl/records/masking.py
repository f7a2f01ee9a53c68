"""Masks personal values before they are written to silver."""

import hashlib
from typing import Any

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from lakehouse_etl.contract.model import Field
from lakehouse_etl.tables.spark_types import spark_type

_KEY_VIEW = "lake_masking_key"

_BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""


def offer_key(session: SparkSession, key: bytes) -> None:
    """Make the masking key known to the queries of a session.

    As a view over local data it stays out of query plans, and with them out of event logs and the Spark UI,
    where a literal would show.
    """
    rows: Any = [tuple(bytearray(pad) for pad in _pads(key))]
    session.createDataFrame(rows, "ipad BINARY, opad BINARY").createOrReplaceTempView(_KEY_VIEW)


def _pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and the outer pad of HMAC-SHA-256, https://datatracker.ietf.org/doc/html/rfc2104."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def masked(field: Field) -> Column:
    """Return what silver may hold of a field; hashing needs `offer_key` first."""
    if field.masking == "redact":
        return F.lit(None).cast(spark_type(field.type))
    if field.masking == "hash":
        return _hmac(F.col(field.name))
    return F.col(field.name)


def _hmac(text: Column) -> Column:
    """HMAC-SHA-256 in hex, from Spark's own functions, https://datatracker.ietf.org/doc/html/rfc2104."""
    inner, outer = (F.expr(f"(SELECT {pad} FROM {_KEY_VIEW})") for pad in ("ipad", "opad"))  # noqa: S608 (own names)
    digest = F.unhex(F.sha2(F.concat(inner, text.cast("binary")), 256))
    return F.sha2(F.concat(outer, digest), 256)
