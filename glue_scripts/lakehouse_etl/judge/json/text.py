"""JSON values as texts, without blanks: what a text field keeps of an object, and silver of unknown fields.

Numbers are written as Java writes them as long as that says the same, because tables hold such texts.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from lakehouse_etl.judge.json.parsing import Fraction, Repeating

_ESCAPED = re.compile(r'[\x00-\x1f"\\]')
_ESCAPES = {
    **{chr(code): f"\\u{code:04X}" for code in range(0x20)},
    **{"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"},
}

_PLAIN = range(-3, 7)
"""Exponents of doubles that Java writes without one.

https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#toString(double)
"""


def text_of(value: Any) -> str:
    """Return a value of `parsing.parsed` as a JSON text."""
    # One call per level and no more, and no comprehension: Python's stack must be as deep as parsing goes.
    found = []
    if isinstance(value, list):
        for item in value:
            found.append(text_of(item))
        return f"[{','.join(found)}]"
    if isinstance(value, dict):
        for name, item in value.pairs if isinstance(value, Repeating) else value.items():
            found.append(f"{_quoted(name)}:{text_of(item)}")
        return f"{{{','.join(found)}}}"
    return _scalar(value)


def _scalar(value: Any) -> str:
    match value:
        case Fraction():
            return _number(value)
        case str():
            return _quoted(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
    return str(value)


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(lambda found: _ESCAPES[found[0]], text)}"'


def _number(text: Fraction) -> str:
    """Return a number as Java writes the double; as it came if that is another number."""
    number = Decimal(repr(float(text)))
    if not _is_same(number, text):
        return str(text)
    sign, digits, exponent = number.as_tuple()
    first = len(digits) + int(exponent) - 1
    if not number or first in _PLAIN:
        return str(number)
    significant = "".join(map(str, digits)).rstrip("0")
    return f"{'-' * sign}{significant[0]}.{significant[1:] or '0'}E{first}"


def _is_same(number: Decimal, text: str) -> bool:
    try:
        return number == Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return False
