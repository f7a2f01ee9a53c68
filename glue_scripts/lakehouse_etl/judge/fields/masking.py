"""Masks personal values before they leave the judge, those in nested columns too."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Context
from decimal import Decimal as Number
from functools import partial
from hashlib import sha256
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.masking import REDACT, Masking
from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.types import Decimal, List, Map, Struct, Type, masks_in, stored
from lakehouse_etl.judge.fields.arrow_types import arrow_type, as_read
from lakehouse_etl.judge.fields.lists import items_of, struct_of
from lakehouse_etl.judge.fields.tokens import Tokens

_BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""

_PADS = (0x36, 0x5C)

_EXACT = Context(prec=100)
"""More digits than a decimal of the contract has."""

Mask = Callable[[pa.Array], pa.Array]
"""Makes of the values of a field what silver may hold of them."""


@dataclass(frozen=True)
class Keys:
    """Keys of a lake; None where no value is masked under one."""

    masking: bytes | None = field(default=None, repr=False)
    """Of hashes."""
    token: bytes | None = field(default=None, repr=False)
    """Of tokens."""


def mask_of(column: Field, keys: Keys) -> Mask:
    """Return what masks the values of a column.

    Raises:
        ValueError: A value is to be hashed or tokenized, and there is no key.
    """
    return _mask(column.name, column.type, column.masking, keys)


def _mask(name: str, kind: Type, masking: Masking | None, keys: Keys) -> Mask:
    if masking == REDACT:
        return partial(_nulls, arrow_type(stored(kind)))
    if masking is None and not any(masks_in(kind)):
        return _same
    match kind:
        case List(inner) | Map(_, inner):
            return partial(_items, arrow_type(stored(kind)), _mask(name, inner, masking, keys))
        case Struct(members):
            masks = [_mask(f"{name}.{each.name}", each.type, each.masking, keys) for each in members]
            return partial(_members, arrow_type(stored(kind)), masks)
    return _scalar(name, kind, masking, keys)


def _scalar(name: str, kind: Type, masking: Masking | None, keys: Keys) -> Mask:
    match masking:
        case Masking("hash"):
            return _each(hasher(_needed(name, masking, keys.masking, "masking")))
        case Masking("tokenize"):
            return _each(Tokens(_needed(name, masking, keys.token, "token")).token)
        case Masking("truncate", first, last):
            return _each(itemgetter(slice(first) if last is None else slice(-last, None)))
        case Masking("generalize", to=str(period)):
            return partial(_begin, period)
        case Masking("generalize", width=int(width)):
            return _each(_ranges(kind, width))
        case Masking("generalize", groups=groups, other=str(other)):
            return _each(partial(_group, dict(groups), other))
    raise ValueError(f"{name}: got {masking} on {kind}; fix: deploy jobs and manifest from the same commit")


def _group(names: Mapping[str, str], other: str, text: str) -> str:
    return names.get(text, other)


def _needed(name: str, masking: Masking, key: bytes | None, of: str) -> bytes:
    if key is None:
        verb = {"hash": "hashed", "tokenize": "tokenized"}[masking.method]
        raise ValueError(f"{name}: to be {verb}, got no {of} key; fix: hand it to the judge")
    return key


def _same(values: pa.Array) -> pa.Array:
    return values


def _nulls(kind: pa.DataType, values: pa.Array) -> pa.Array:
    return pa.nulls(len(values), kind)


def _items(kind: pa.DataType, mask: Mask, values: pa.Array) -> pa.Array:
    """Mask the elements of lists, or the values of maps."""
    items = items_of(values)
    if not pa.types.is_map(kind):
        return items.lists(mask(items.values), kind)
    keys, inner = items.values.flatten()
    return items.lists(pa.StructArray.from_arrays([keys, mask(inner)], names=["key", "value"]), kind)


def _members(kind: pa.StructType, masks: list[Mask], values: pa.Array) -> pa.Array:
    masked = [mask(member) for mask, member in zip(masks, values.flatten(), strict=True)]
    return struct_of(masked, kind, values.is_null())


def _each(masked: Callable[[Any], Any]) -> Mask:
    """Mask each value once, however often it is there."""

    def mask(values: pa.Array) -> pa.Array:
        coded = values.dictionary_encode()
        return pa.array(map(masked, coded.dictionary.to_pylist()), values.type).take(coded.indices)

    return mask


def _begin(period: str, values: pa.Array) -> pa.Array:
    """Return the begin of the period that each date or timestamp is in; instants are in UTC."""
    found = pc.floor_temporal(as_read(values), unit=period)
    return found if found.type == values.type else found.cast(pa.int64()).cast(values.type)


def _ranges(kind: Type, width: int) -> Callable[[Any], Any]:
    """Return what finds the least number of the range that a number is in.

    The lowest range begins with the least number of the type, where that is none of its multiples.
    """
    if isinstance(kind, Decimal):
        least = Number((1, (9,) * kind.precision, -kind.scale))
        return lambda number: max(least, _floor(number, Number(width)))
    if str(kind) in ("int", "long"):
        end = -(2 ** (31 if str(kind) == "int" else 63))
        return lambda number: max(end, number - number % width)
    return lambda number: number - number % width if math.isfinite(number) else number


def _floor(number: Number, width: Number) -> Number:
    rest = _EXACT.remainder(number, width)
    return _EXACT.subtract(number, _EXACT.add(rest, width) if rest < 0 else rest)


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
