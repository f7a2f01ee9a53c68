"""Iceberg types in JSON, as the manifest writes them, as frozen values that need no engine.

https://iceberg.apache.org/spec/#appendix-c-json-serialization
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from lakehouse_etl.contract.masking import REDACT, Masking, masking_of

Name = Literal[
    "boolean", "int", "long", "float", "double", "date", "timestamp", "timestamptz", "string", "binary"
]

_MAX_PRECISION = 38
"""https://iceberg.apache.org/spec/#primitive-types"""

_DECIMAL = re.compile(r"decimal\((\d{1,2}), ?(\d{1,2})\)")


@dataclass(frozen=True)
class Primitive:
    """A type that its name tells all about."""

    name: Name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Decimal:
    """An exact number; `scale` of its `precision` digits stand behind the point."""

    precision: int
    scale: int

    def __post_init__(self) -> None:
        """Refuse what Iceberg has no place for."""
        if not 1 <= self.precision <= _MAX_PRECISION or self.scale > self.precision:
            raise ValueError(f"{self} has no place in Iceberg: at most {_MAX_PRECISION} digits")

    def __str__(self) -> str:
        return f"decimal({self.precision}, {self.scale})"


@dataclass(frozen=True)
class List:
    """Elements of one type."""

    element: "Type"
    element_required: bool = False

    def __str__(self) -> str:
        return f"array<{self.element}>"


@dataclass(frozen=True)
class Map:
    """Values by key; a key is never null."""

    key: "Type"
    value: "Type"
    value_required: bool = False

    def __str__(self) -> str:
        return f"map<{self.key}, {self.value}>"


@dataclass(frozen=True)
class Member:
    """One field of a struct."""

    name: str
    type: "Type"
    required: bool = False
    physical_name: str | None = field(default=None, compare=False)
    """What it is called in the source; None: as here. Tables know nothing of it."""
    masking: Masking | None = field(default=None, compare=False)
    """How its values are masked before they are stored. Tables know nothing of it."""

    @property
    def source_name(self) -> str:
        """What it is called in the source."""
        return self.name if self.physical_name is None else self.physical_name


@dataclass(frozen=True)
class Struct:
    """Fields by name."""

    members: tuple[Member, ...]

    def __str__(self) -> str:
        return f"struct<{', '.join(f'{each.name}:{each.type}' for each in self.members)}>"


Nested = List | Map | Struct
"""Types that hold other types."""

Type = Primitive | Decimal | Nested

STRING, LONG, DOUBLE = Primitive("string"), Primitive("long"), Primitive("double")
DATE, TIMESTAMP, TIMESTAMPTZ = Primitive("date"), Primitive("timestamp"), Primitive("timestamptz")


def stored(kind: Type) -> Type:
    """Return the type that a table has for values of a type: what is redacted is optional."""
    match kind:
        case List():
            return replace(kind, element=stored(kind.element))
        case Map():
            return replace(kind, value=stored(kind.value))
        case Struct():
            return Struct(tuple(map(_stored, kind.members)))
    return kind


def _stored(member: Member) -> Member:
    return Member(member.name, stored(member.type), member.required and member.masking != REDACT)


def masks_in(kind: Type) -> Iterator[Masking]:
    """Yield how members are masked, at any depth."""
    match kind:
        case List(inner) | Map(_, inner):
            yield from masks_in(inner)
        case Struct(members):
            for member in members:
                if member.masking is not None:
                    yield member.masking
                yield from masks_in(member.type)


def parsed(value: Any) -> Type:
    """Return the type that a value of JSON describes.

    Raises:
        ValueError: It is none that a job can read; the message shows it.
    """
    match value:
        case str() if value in get_args(Name):
            return Primitive(value)  # type: ignore[arg-type]  # one of the names
        case str() if decimal := _DECIMAL.fullmatch(value):
            return Decimal(int(decimal[1]), int(decimal[2]))
        case {"type": "list", "element": element}:
            return List(parsed(element), value.get("element-required", False))
        case {"type": "map", "key": key, "value": item}:
            return Map(parsed(key), parsed(item), value.get("value-required", False))
        case {"type": "struct", "fields": [*members]}:
            return Struct(tuple(map(_member, members)))
    raise ValueError(f"{value!r} is no Iceberg type that a job can read")


def _member(member: Any) -> Member:
    match member:
        case {"name": str(name), "type": kind, "required": bool(required)}:
            masking = masking_of(member.get("masking"))
            return Member(name, parsed(kind), required, member.get("physical-name"), masking)
    raise ValueError(f"{member!r} is no struct field: it needs name, type and required")
