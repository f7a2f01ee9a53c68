"""What is told of an error, without the values of records that engines quote.

Logs, errors of runs, mail and table properties have other readers than the data.
"""

import re
from collections.abc import Iterator
from traceback import format_exception

_OF_PLANS = {"AnalysisException", "ParseException", "BinderException", "CatalogException", "ParserException"}
"""Errors about SQL that was not run yet, so that they know names, but no values."""

_OURS = __name__.partition(".")[0]
"""Package whose own errors quote engines by `words_of` alone."""

_LEFT_OUT = "… (its words, which may hold values of records, are left out)"

_WORDS = r"(?:(?!\n\s*at |\n\s*\.\.\. \d|\nCaused by: |\n== |\n\n).)*"
"""What follows until a stack, the next cause or the SQL; a value may have lines of its own."""

_SAYS = re.compile(
    # Spark: [CAST_INVALID_INPUT] The value …
    r"(\[[A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)*\]"
    r"|\b[\w.]*(?:NumberFormat|DateTime|DateTimeParse|Arithmetic|UnsupportedTemporalType)Exception:(?! \[)"
    # DuckDB: Conversion Error: Could not convert string …
    r"|\b(?:Conversion|Out of Range|Invalid Input|Constraint) Error:(?! Division by zero)) " + _WORDS,
    re.DOTALL,
)


def words_of(error: BaseException, message: str = "") -> str:
    """Return the message of an error, or another one of it, such as that of its cause."""
    return _discreet(error, message or str(error))


def trace_of(error: BaseException) -> str:
    """Return what Python prints of an error, first what it came from."""
    told = [_discreet(each, "".join(format_exception(each, chain=False))) for each in _chain(error)]
    return "\nWhich led to:\n\n".join(reversed(told)).rstrip()


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, and those that it came from."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def _discreet(error: BaseException, text: str) -> str:
    kind = type(error)
    if kind.__name__ in _OF_PLANS or kind.__module__.partition(".")[0] == _OURS:
        return text
    return _SAYS.sub(rf"\1 {_LEFT_OUT}", text)
