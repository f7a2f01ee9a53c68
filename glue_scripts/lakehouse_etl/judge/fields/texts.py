"""Texts into values of a field, as its source writes them."""

import re
from collections.abc import Callable

from lakehouse_etl.contract.model import Field
from lakehouse_etl.contract.source import USUAL, Dialect
from lakehouse_etl.contract.types import Nested
from lakehouse_etl.judge.fields.faults import NoValueError, Reader
from lakehouse_etl.judge.fields.moments import moment_reader
from lakehouse_etl.judge.fields.rules import is_number
from lakehouse_etl.judge.fields.scalars import text_reader


def texts_reader(field: Field, dialect: Dialect = USUAL) -> Reader:
    """Return what reads values of a field, which is no nested one, from texts."""
    kind = field.type
    assert not isinstance(kind, Nested)  # noqa: S101 (who asks has seen that)
    if field.source_format is not None:
        return moment_reader(kind, field.source_format)
    read = text_reader(kind)
    if dialect.writes_plain_numbers or not is_number(kind):
        return read
    plain = _plain_number(dialect)
    return lambda text: read(plain(text))


def _plain_number(dialect: Dialect) -> Callable[[str], str]:
    """Return what writes a number as everywhere; where thousands are grouped, each group has three digits."""
    point, group = re.escape(dialect.decimal_char), dialect.group_char
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}})+|" if group else ""
    form = re.compile(rf"([-+]?(?:{grouped}[0-9]*))(?:{point}([0-9]*))?([eE][-+]?[0-9]+)?")

    def plain(text: str) -> str:
        found = form.fullmatch(text)
        if found is None:
            raise NoValueError
        whole, fraction, exponent = found.groups()
        if group:
            whole = whole.replace(group, "")
        return whole + ("" if fraction is None else f".{fraction}") + (exponent or "")

    return plain
