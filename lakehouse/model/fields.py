"""Columns of datasets: their types, their rules, how sensitive they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lakehouse.model.masking import REDACT, Masking


class Scalar(StrEnum):
    """Scalar types, by the names that the Iceberg specification gives them."""

    BOOLEAN = "boolean"
    INT = "int"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    DATE = "date"
    TIMESTAMP = "timestamp"
    """Without a zone."""
    TIMESTAMPTZ = "timestamptz"
    """An instant, stored in UTC."""
    STRING = "string"
    BINARY = "binary"


@dataclass(frozen=True)
class Decimal:
    """Fixed-point number."""

    precision: int
    scale: int


@dataclass(frozen=True)
class Array:
    """Ordered elements of one type."""

    element: "Type"


@dataclass(frozen=True)
class Map:
    """Keys of one type to values of another."""

    key: "Type"
    value: "Type"


@dataclass(frozen=True)
class Struct:
    """Named fields."""

    fields: tuple["Field", ...]


Type = Scalar | Decimal | Array | Map | Struct


CLASSIFICATIONS = ("public", "internal", "confidential", "restricted")
"""How sensitive a value is, least first."""


PERSONAL = "confidential"
"""The weakest classification of a column that holds personal data."""

PERSONAL_KINDS = (
    "e-mail addresses",
    "phone numbers",
    "IP addresses",
    "MAC addresses",
    "bank accounts",
    "card numbers",
    "dates of birth",
    "addresses",
    "names of people",
    "numbers of people",
)
"""What runs find in records, by the names that they tell it by."""


@dataclass(frozen=True)
class Checks:
    """Rules that a single value must satisfy; None where the contract sets no rule."""

    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    minimum: float | str | None = None
    """A number; on dates and timestamps a text in ISO 8601, as are the three below."""
    maximum: float | str | None = None
    exclusive_minimum: float | str | None = None
    exclusive_maximum: float | str | None = None
    min_length: int | None = None
    """Characters of a text, or elements of an array."""
    max_length: int | None = None


@dataclass(frozen=True)
class Declassification:
    """Why a column of a product may republish values under a weaker classification than theirs."""

    sources: tuple[str, ...]
    """Columns whose values those are, as `<domain>/<dataset>.<column>`."""
    reason: str


@dataclass(frozen=True)
class NotPersonal:
    """Why values of a column look like personal data, and are none."""

    looks_like: tuple[str, ...]
    """Some of `PERSONAL_KINDS`."""
    reason: str


@dataclass(frozen=True)
class Field:
    """One column, or one member of a nested type."""

    name: str
    type: Type
    required: bool
    description: str
    classification: str = "internal"
    """One of `CLASSIFICATIONS`."""
    masking: Masking | None = None
    """Of an array or map: of each element or value, unless the whole is redacted."""
    checks: Checks = Checks()
    examples: tuple[str, ...] = ()
    declassified: Declassification | None = None
    """Only of a column of a product."""
    physical_name: str | None = None
    """What it is called in the source; None: as here."""
    source_format: str | None = None
    """How the texts of the source write a date or timestamp, as in `dd/MM/yyyy`; None: in ISO 8601."""
    not_personal: NotPersonal | None = None
    """Only of a column of a source."""
    subject: str | None = None
    """Kind of identifier, such as `customer`, by which a value tells whose data a record is; equal in all
    datasets. Only of a column or member of a source; of an array or map, each element or value is one."""

    @property
    def source_name(self) -> str:
        """What it is called in the source."""
        return self.name if self.physical_name is None else self.physical_name

    @property
    def is_time(self) -> bool:
        """Whether silver has its values as dates or instants."""
        return self.masking is None and self.type in (Scalar.DATE, Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ)

    @property
    def stored_required(self) -> bool:
        """Whether a table may demand a value: what is redacted is null."""
        return self.required and self.masking != REDACT


def every_field(fields: Iterable[Field]) -> Iterator[Field]:
    """Yield the fields and, after each, the members nested in it at any depth."""
    for field in fields:
        yield field
        yield from every_field(members(field.type))


def leaf(kind: Type) -> Type:
    """Return the type itself, or what the innermost of arrays and maps hold."""
    while isinstance(kind, Array | Map):
        kind = kind.element if isinstance(kind, Array) else kind.value
    return kind


def members(kind: Type) -> tuple[Field, ...]:
    """Return the members of a struct, or of the structs inside an array or map; none of a scalar."""
    inner = leaf(kind)
    return inner.fields if isinstance(inner, Struct) else ()
