"""Patterns of dates as DuckDB's strftime and strptime read them.

Sources: https://trino.io/docs/current/functions/datetime.html#mysql-date-functions and
https://www.joda.org/joda-time/apidocs/org/joda/time/format/DateTimeFormat.html
"""

import re

_MYSQL = {
    "%c": "%-m", "%e": "%-d", "%h": "%I", "%i": "%M", "%k": "%-H", "%l": "%-I", "%M": "%B",
    "%r": "%I:%M:%S %p", "%s": "%S", "%T": "%H:%M:%S", "%v": "%V", "%W": "%A", "%x": "%G",
    **{f"%{letter}": f"%{letter}" for letter in "abdfHIjmpSYy%"},
}  # fmt: skip
_JODA = {
    "yyyy": "%Y", "yy": "%y", "y": "%Y", "YYYY": "%Y", "xxxx": "%G", "MMMM": "%B", "MMM": "%b", "MM": "%m",
    "M": "%-m", "dd": "%d", "d": "%-d", "DDD": "%j", "EEEE": "%A", "EEE": "%a", "E": "%a", "e": "%u",
    "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S",
    "SSS": "%g", "SSSSSS": "%f", "a": "%p", "Z": "%z", "ZZ": "%z", "ww": "%V",
}  # fmt: skip


def mysql(pattern: str) -> str:
    """The pattern of `date_format` and `date_parse`.

    Raises:
        ValueError: It has a directive that Trino, or DuckDB, does not know.
    """
    return "".join(_mysql(part) for part in re.findall(r"%.|[^%]+|%", pattern, re.DOTALL))


def joda(pattern: str) -> str:
    """The pattern of `format_datetime` and `parse_datetime`.

    Raises:
        ValueError: It has letters that Joda, or DuckDB, does not know.
    """
    parts = re.finditer(r"''|'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'", pattern)
    return "".join(_joda(part) for part in parts)


def _mysql(part: str) -> str:
    if part.startswith("%") and part not in _MYSQL:
        raise ValueError(f"INVALID_FUNCTION_ARGUMENT: {part} is not supported in a date format string")
    return _MYSQL.get(part, part)


def _joda(part: re.Match[str]) -> str:
    text = part[0]
    if text == "''":
        return "'"
    if part[1] is not None:
        return part[1].replace("''", "'").replace("%", "%%")
    if part[2] is None and text != "'":
        return text.replace("%", "%%")
    if text not in _JODA:
        raise ValueError(f"INVALID_FUNCTION_ARGUMENT: {text} is not supported in a date format string")
    return _JODA[text]
