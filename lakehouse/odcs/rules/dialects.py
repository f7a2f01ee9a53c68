"""Rules about the dialect of CSV: no character may mean two things."""

from collections.abc import Iterator

from config.document import KeyPath
from lakehouse.model.dialect import Dialect
from lakehouse.odcs.findings import Findings

_OF_NUMBERS = "0123456789+-eE"
"""Characters that numbers consist of in every dialect."""


def check_dialect(dialect: Dialect, place: KeyPath, findings: Findings) -> None:
    """Note every rule that a dialect breaks."""
    for key, got, allowed in _faults(dialect):
        findings.add((*place, key), got, allowed, "choose another character")


def _faults(dialect: Dialect) -> Iterator[tuple[str, str, str]]:
    quote, escape = dialect.quote_char, dialect.escape_char
    if "\0" in dialect.delimiter:
        yield "delimiter", dialect.delimiter, "no NUL: values have none"
    if quote is not None and quote in dialect.delimiter:
        yield "quoteChar", quote, "another character than in delimiter"
    if escape is not None and escape in (quote, *dialect.delimiter):
        yield "escapeChar", escape, "another character than in delimiter and quoteChar"
    for key, mark in (("decimalChar", dialect.decimal_char), ("groupChar", dialect.group_char)):
        if mark is not None and mark in _OF_NUMBERS:
            yield key, mark, "no digit, sign or exponent"
    if dialect.group_char == dialect.decimal_char:
        yield "groupChar", dialect.decimal_char, "another character than decimalChar"
