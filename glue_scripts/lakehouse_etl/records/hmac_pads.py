"""The part of HMAC that depends on the key alone."""

import hashlib

_BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and the outer pad of HMAC-SHA-256, https://datatracker.ietf.org/doc/html/rfc2104."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
