"""Texts of scalar values into typed columns, where a text has the plain form of its type.

What has another form may still be a value: the careful judge will see. So the forms here are narrower than
the types, and no cast of a text that has its form fails, rounds or wraps around.
"""

from base64 import b64decode

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse_etl.contract.types import Decimal, Primitive
from lakehouse_etl.judge.fields.arrow_types import arrow_type

_DATE = (
    r"[12][0-9]{3}-"
    r"((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
)
"""A day that its month has in every year; of years that no zone pushes off the calendar."""

_CLOCK = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"

_FORMS = {
    "boolean": "true|false",
    # Of whole numbers with as many digits as the greatest, those that begin with a smaller one.
    "int": r"-?(0|[1-9][0-9]{0,8}|1[0-9]{9})",
    "long": r"-?(0|[1-9][0-9]{0,17}|[1-8][0-9]{18})",
    # The sign of a zero without a fraction is lost where numbers are read as whole ones first.
    "float": r"0|-?(0\.[0-9]{1,40}|[1-9][0-9]{0,29}(\.[0-9]{1,40})?)",
    "double": r"0|-?(0\.[0-9]{1,40}|[1-9][0-9]{0,39}(\.[0-9]{1,40})?)([eE][-+]?[0-9]{1,2})?",
    "date": _DATE,
    "timestamp": _DATE + _CLOCK,
    "timestamptz": _DATE + _CLOCK + r"(Z|[-+](0[0-9]|1[0-7]):[0-5][0-9])",
    "binary": r"([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
}

_DIGITS = 38
"""Most digits that Arrow reads into a decimal of 128 bits."""


def form(kind: Primitive | Decimal) -> str | None:
    """Return the pattern of texts that are plain values of a type, None if any text is one."""
    if isinstance(kind, Decimal):
        return rf"^-?{_whole(kind.precision - kind.scale)}{_fraction(kind)}$"
    return f"^({_FORMS[kind.name]})$" if kind.name in _FORMS else None


def _whole(digits: int) -> str:
    return rf"(0|[1-9][0-9]{{0,{digits - 1}}})" if digits else "0"


def _fraction(kind: Decimal) -> str:
    spare = _DIGITS - kind.precision
    if kind.scale:
        return rf"(\.[0-9]{{1,{kind.scale}}}0{{0,{spare}}})?"
    return rf"(\.0{{1,{spare}}})?" if spare else ""


class Scalars:
    """Reads texts as values of one type."""

    def __init__(self, kind: Primitive | Decimal) -> None:
        self.type = arrow_type(kind)
        self._form = form(kind)

    def read(self, texts: pa.Array) -> tuple[pa.Array, pa.Array | None]:
        """Return the values, and whether each is clean; None if all are. Null is clean, and stays null."""
        if self._form is None:
            return texts, None
        plain = pc.match_substring_regex(texts, self._form)
        if pc.all(plain, min_count=0).as_py():
            return self._cast(texts), None
        nothing = pa.scalar(None, texts.type)
        return self._cast(pc.if_else(plain, texts, nothing)), pc.fill_null(plain, True)

    def _cast(self, texts: pa.Array) -> pa.Array:
        if pa.types.is_binary(self.type):
            return pa.array([text and b64decode(text) for text in texts.to_pylist()], self.type)
        return texts.cast(self.type)
