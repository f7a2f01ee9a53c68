"""Values of JSON into Arrow arrays.

Their quotes are counted, as those tell whether a key comes twice, which no decoder does: each name and each
text has two, and whoever writes a key again adds some and takes none away. So an object that was written with
no more quotes than its members need has no key twice, however deep.
"""

import re
from collections.abc import Sequence
from functools import reduce
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec
import pyarrow as pa

from lakehouse_etl.contract.reasons import MAX_RECORD_BYTES
from lakehouse_etl.contract.types import STRING, Decimal, List, Map, Member, Primitive, Struct, Type
from lakehouse_etl.judge.fields.arrow_types import arrow_type
from lakehouse_etl.judge.vectorised.json_scalars import Booleans, Numbers, Texts
from lakehouse_etl.judge.vectorised.values import (
    Amounts,
    Reader,
    UnservedError,
    Values,
    added,
    all_clean,
    array_offsets,
    both,
    offsets,
    present,
    spread,
    totals,
)

_ABSENT = msgspec.UNSET

PLAIN_NAME = re.compile(r'[^"\\\x00-\x1f]*')
"""Names that msgspec can look for."""

_SHORT = 500
"""Characters of a value of any form that nobody reads too much into."""

_NEVER = -MAX_RECORD_BYTES
"""Quotes of a value whose object is doubtful: whatever the others have, none is left."""


def reader_of(kind: Type) -> Reader:
    """Return the reader of a type.

    Raises:
        UnservedError: There is none.
    """
    match kind:
        case Primitive("boolean"):
            return Booleans()
        case Primitive("int" | "long" | "float" | "double") | Decimal():
            return Numbers(kind)
        case Primitive():
            return Texts(kind)
        case List():
            return _Lists(kind)
        case Map():
            return _Maps(kind)
        case Struct():
            return _Structs(kind)


def _wire(reader: Reader, *, required: bool) -> Any:
    """Return what msgspec makes of a value; a number shows itself whether it is null."""
    return reader.wire if required or reader.wire is msgspec.Raw else reader.wire | None


class _Lists:
    def __init__(self, kind: List) -> None:
        self._type, self._required = arrow_type(kind), kind.element_required
        self._element = reader_of(kind.element)
        self.wire: Any = list[_wire(self._element, required=self._required)]  # type: ignore[misc]

    def values(self, found: Sequence[Any]) -> Values:
        at = offsets(found)
        items = self._element.values(list(chain.from_iterable(filter(None, found))))
        items = present(items, required=self._required)
        array = pa.ListArray.from_arrays(array_offsets(found, at), items.array, type=self._type)
        return Values(array, all_clean(items.clean, at), totals(items.quotes, at))


class _Maps:
    def __init__(self, kind: Map) -> None:
        if kind.key != STRING:
            raise UnservedError(f"{kind}: keys that are no texts")
        self._type, self._required = arrow_type(kind), kind.value_required
        self._value = reader_of(kind.value)
        self.wire: Any = dict[str, _wire(self._value, required=self._required)]  # type: ignore[misc]

    def values(self, found: Sequence[Any]) -> Values:
        at, filled = offsets(found), list(filter(None, found))
        keys = pa.array(list(chain.from_iterable(filled)), pa.string())
        items = self._value.values(list(chain.from_iterable(each.values() for each in filled)))
        items = present(items, required=self._required)
        array = pa.MapArray.from_arrays(array_offsets(found, at), keys, items.array, type=self._type)
        return Values(array, all_clean(items.clean, at), totals(added((2, items.quotes)), at))


class _Structs:
    def __init__(self, kind: Struct) -> None:
        self._type = arrow_type(kind)
        self._members = Members(kind.members)
        self.wire: Any = self._members.wire

    def values(self, found: Sequence[Any]) -> Values:
        filled = [each for each in found if each is not None]
        members, quotes = self._members.values(filled)
        array = pa.StructArray.from_arrays([each.array for each in members], fields=list(self._type))
        values = Values(array, reduce(both, (each.clean for each in members)), quotes)
        return values if len(filled) == len(found) else spread(values, found)


class Members:
    """Reads the members of objects."""

    def __init__(self, members: Sequence[Member], ignored: Sequence[str] = ()) -> None:
        """Take the members that count, and names of others that may be there; there may be no more.

        Raises:
            UnservedError: A name is none that msgspec can look for.
        """
        self._members = [(each, reader_of(each.type)) for each in members]
        names = [*(each.source_name for each in members), *ignored]
        if not all(map(PLAIN_NAME.fullmatch, names)):
            raise UnservedError("names that need escapes")
        places = [f"f{at}" for at in range(len(names))]
        wires = [_field(_wire(reader, required=each.required), each) for each, reader in self._members]
        wires += [(msgspec.Raw, _ABSENT)] * len(ignored)
        self._getters = list(map(attrgetter, places))
        self.wire: Any = msgspec.defstruct(
            "Members",
            [(place, *wire) for place, wire in zip(places, wires, strict=True)],
            rename=dict(zip(places, names, strict=True)),
            kw_only=True,
            forbid_unknown_fields=True,
            gc=False,
        )

    def values(self, objects: Sequence[Any]) -> tuple[list[Values], Amounts]:
        """Return the values of each member that counts, and the quotes of all members together."""
        values, quotes = [], []
        for (member, reader), get in zip(self._members, self._getters, strict=False):
            found, written = _present(list(map(get, objects)))
            read = reader.values(found)
            values.append(present(read, required=member.required))
            quotes += [written, read.quotes]
        for get in self._getters[len(self._members) :]:
            found, written = _present(list(map(get, objects)))
            quotes += [written, pa.array(list(map(_quotes_of_raw, found)), pa.int32())]
        return values, added(quotes)


def _field(wire: Any, member: Member) -> tuple[Any, ...]:
    if member.required:
        return (wire,)
    return (wire if wire is msgspec.Raw else wire | msgspec.UnsetType, _ABSENT)


def _present(found: list[Any]) -> tuple[list[Any], Amounts]:
    """Put null in place of members that are not there; return the quotes of the names of those that are."""
    if _ABSENT not in found:
        return found, 2
    quotes = pa.array([0 if each is _ABSENT else 2 for each in found], pa.int32())
    return [None if each is _ABSENT else each for each in found], quotes


def quotes_in(text: bytes) -> int:
    """Return how many quotes begin or end a text in some JSON; quotes inside texts come after a backslash."""
    if b"\\" in text:
        text = text.replace(rb"\\", b"").replace(rb"\"", b"")
    return text.count(b'"')


def _quotes_of_raw(raw: Any) -> int:
    text = b"" if raw is None else bytes(raw)
    # The careful judge takes neither numbers of too many digits nor values nested too deep.
    return quotes_in(text) if len(text) <= _SHORT or text.startswith(b'"') else _NEVER
