"""Reads how a column, or a member of a nested one, is masked, and refuses what does not fit its type."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.document import KeyPath
from config.faults import nearest, one_of
from config.section import Section
from config.validation import validate
from lakehouse.model.fields import Decimal, Scalar, Type, leaf
from lakehouse.model.masking import REDACT, Masking, Method, Period
from lakehouse.odcs.column.properties import MASKING, custom_value
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.shape import Property
from lakehouse.targets.words import type_name

_MEASURES = {Method.TRUNCATE: ("first", "last"), Method.GENERALIZE: ("to", "width", "groups")}
"""Keys of which a method needs one."""

_INTEGERS = (Scalar.INT, Scalar.LONG)
_NUMBERS = (*_INTEGERS, Scalar.FLOAT, Scalar.DOUBLE)
_COARSE = (Period.YEAR, Period.QUARTER, Period.MONTH)
_PERIODS: dict[Type, tuple[Period, ...]] = {
    Scalar.DATE: _COARSE,
    Scalar.TIMESTAMP: tuple(Period),
    Scalar.TIMESTAMPTZ: tuple(Period),
}
"""Periods that are coarser than the type."""

_Characters = Annotated[int, Field(ge=1)]


class MaskingProperties(Section):
    """How values are masked, where the name of a method does not say it all."""

    method: Method
    """`hash`, `redact`, `tokenize`, or one that needs one more key: `truncate`, `generalize`."""
    first: _Characters | None = None
    """`truncate`: characters kept of a text, from its start; a text that is no longer stays whole."""
    last: _Characters | None = None
    """`truncate`: characters kept of a text, from its end."""
    to: Period | None = None
    """`generalize`: a date or timestamp becomes the begin of its `year`, `quarter` or `month`, a timestamp
    of its `day` or `hour` as well, in UTC."""
    width: Annotated[int, Field(ge=1)] | None = None
    """`generalize`: a number becomes the least one of its range; ranges are so wide, and one starts at 0."""
    groups: Annotated[dict[str, tuple[str, ...]], Field(min_length=1)] | None = None
    """`generalize`: the texts for which another one stands, as in `{Benelux: [BE, NL, LU]}`."""
    other: str | None = None
    """Beside `groups`: what stands for every text that is in none of them."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        measures = [
            each for each in ("first", "last", "to", "width", "groups") if getattr(self, each) is not None
        ]
        needed = _MEASURES.get(self.method, ())
        if needed and (len(measures) != 1 or measures[0] not in needed):
            raise ValueError(f"{self.method} with one of {one_of(needed)}")
        if measures and not needed:
            raise ValueError(f"{self.method} with no other key")
        if (self.groups is None) is not (self.other is None):
            raise ValueError("groups and other, or none of both")
        texts = [text for texts in (self.groups or {}).values() for text in texts]
        if len(set(texts)) < len(texts):
            raise ValueError("each text in one group")
        return self

    @property
    def masking(self) -> Masking:
        """As the model has it."""
        groups = tuple((self.groups or {}).items())
        return Masking(self.method, self.first, self.last, self.to, self.width, groups, self.other)


def read_masking(part: Property, kind: Type, path: KeyPath, findings: Findings) -> Masking | None:
    """Return how the values of a column or member are masked; none after a fault, which is noted."""
    value, here = custom_value(part, MASKING, path)
    if value is None:
        return None
    if isinstance(value, str):
        methods = [method.value for method in Method]
        if value not in methods:
            findings.add(here, value, one_of(methods), nearest(value, methods))
            return None
        value = {"method": value}
    read, faults = validate(MaskingProperties, value, findings.document, lambda at: (*here, *at))
    findings.faults += faults
    masking = read.masking if read else None
    if masking is not None:
        _check_type(masking, kind, here, findings)
        if masking.merges and part.get("primaryKey"):
            allowed = "hash, tokenize, or no masking, on a key column"
            findings.add(path, str(masking), allowed, "a key must keep telling records apart")
    return masking


def _check_type(masking: Masking, kind: Type, here: KeyPath, findings: Findings) -> None:
    inner = leaf(kind)
    if masking != REDACT and not _fits(masking, inner):
        allowed = f"{', '.join(_ways(inner))} on {type_name(inner)}"
        findings.add(here, f"{masking} on {type_name(kind)}", allowed, "change one of them")


def _fits(masking: Masking, kind: Type) -> bool:
    if masking.to is not None:
        return masking.to in _PERIODS.get(kind, ())
    if masking.width is not None:
        least = 2 if kind in _INTEGERS else 1
        return masking.width >= least and (isinstance(kind, Decimal) or kind in _NUMBERS)
    return kind is Scalar.STRING


def _ways(kind: Type) -> list[str]:
    """Tell in which ways values of a type can be masked."""
    if kind is Scalar.STRING:
        return ["hash", "redact", "tokenize", "truncate (first, last)", "generalize (groups)"]
    if kind in _PERIODS:
        return ["redact", f"generalize (to: {' or '.join(_PERIODS[kind])})"]
    if isinstance(kind, Decimal) or kind in _NUMBERS:
        return ["redact", f"generalize (width: {'2' if kind in _INTEGERS else '1'} or more)"]
    return ["redact"]
