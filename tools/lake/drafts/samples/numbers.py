"""Numbers of CSV that are written with another mark than a point before the fraction, or in groups."""

import re
from collections.abc import Mapping
from dataclasses import replace

from lakehouse.model.dialect import Dialect
from tools.lake.drafts.samples.sample import Rows, Shape

_MARKS = (
    (",", None),
    (",", "."),
    (",", " "),
    (",", "\u00a0"),
    (",", "'"),
    (".", ","),
    (".", "'"),
    (".", " "),
)
"""What stands before the fraction and between thousands, the most frequent ones first."""

_PLAIN = r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?"
_DIGITS = r"[-+]?\d[\d., \x{00a0}']*"
"""Digits and all marks that may stand between them."""
_POINTED = r"[-+]?\d*\.\d+"
_AMBIGUOUS = r"[-+]?\d{1,3}([.,]\d{3})+"
"""May be thousands, or a fraction of three digits."""


def with_points(records: Rows, dialect: Dialect) -> tuple[Rows, Dialect, Mapping[str, Shape], list[str]]:
    """Return the records with numbers as everywhere, their dialect, columns that are texts, and remarks.

    Marks are taken only if some column makes sense by them alone, and more columns do than make none.
    """
    names = records.columns
    plain = {name for name in names if _all(records, name, _PLAIN)}
    others = [name for name in names if name not in plain and _all(records, name, _DIGITS)]
    pointed = {name for name in plain if _some(records, name, _POINTED)}
    best: tuple[int, str, str | None, set[str]] | None = None
    for decimal, group in _MARKS:
        form = _form(decimal, group)
        found = {name for name in others if _all(records, name, form)}
        found = {name for name in found if not _all(records, name, _AMBIGUOUS)}
        lost = pointed if decimal != "." else set()
        if len(found) > len(lost) and (best is None or len(found) > best[0]):
            best = len(found), decimal, group, found
    if best is None:
        return records, dialect, {}, []
    _, decimal, group, found = best
    shapes = {
        name: Shape(text="text, because other columns have another decimal mark")
        for name in (pointed if decimal != "." else ())
    }
    expressions = ", ".join(
        f'{_pointed(name, decimal, group)} AS "{name}"' if name in found else f'"{name}"' for name in names
    )
    grouped = f", {group!r} between thousands" if group else ""
    told = f"numbers are written with {decimal!r} before the fraction{grouped}: is it so everywhere?"
    marked = replace(dialect, decimal_char=decimal, group_char=group)
    return records.project(expressions).materialize(), marked, shapes, [told]


def _form(decimal: str, group: str | None) -> str:
    point = re.escape(decimal)
    whole = rf"(\d{{1,3}}({re.escape(group)}\d{{3}})+|\d+)" if group else r"\d+"
    return rf"[-+]?{whole}({point}\d+)?"


def _all(records: Rows, name: str, form: str) -> bool:
    """Whether all values of a column, of which there is one at least, have a form."""
    [(values, alike)] = records.aggregate(
        f'count("{name}"), count(*) FILTER ({_matches(name, form)})'
    ).fetchall()
    return bool(values) and values == alike


def _some(records: Rows, name: str, form: str) -> bool:
    return bool(records.filter(_matches(name, form)).limit(1).fetchall())


def _matches(name: str, form: str) -> str:
    quoted = form.replace("'", "''")
    return f"regexp_full_match(\"{name}\", '{quoted}')"


def _pointed(name: str, decimal: str, group: str | None) -> str:
    text = f'"{name}"'
    if group:
        text = f"replace({text}, '{group.replace(chr(39), chr(39) * 2)}', '')"
    return f"replace({text}, '{decimal}', '.')"
