"""Light colours for SQL: keywords, texts, numbers, comments; tables become links."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from markupsafe import Markup

_KEYWORDS = (
    "ALL|AND|AS|ASC|BETWEEN|BY|CASE|CAST|CROSS|DESC|DISTINCT|ELSE|END|EXCEPT|EXISTS|FALSE|FROM|FULL|GROUP"
    "|HAVING|IN|INNER|INTERSECT|INTERVAL|IS|JOIN|LATERAL|LEFT|LIKE|LIMIT|NOT|NULL|ON|OR|ORDER|OUTER|OVER"
    "|PARTITION|QUALIFY|RIGHT|ROWS|SELECT|SEMI|THEN|TRUE|UNION|USING|VALUES|VIEW|WHEN|WHERE|WINDOW|WITH"
)

_PARTS = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<text>'(?:[^'\\]|\\.|'')*'|\"[^\"]*\")"
    r"|(?P<table>\b(?:silver|gold)_\w+\.\w+)"
    rf"|(?P<keyword>\b(?:{_KEYWORDS})\b)"
    r"|(?P<number>\b\d[\w.]*)"
    r"|(?P<other>\w+|.)",
    re.IGNORECASE | re.DOTALL,
)


def highlight(sql: str, links: Mapping[str, str] = MappingProxyType({})) -> Markup:
    """Return the SQL as HTML; `links` has the page of each table, by the name that the SQL uses."""
    return Markup("").join(_marked(part, links) for part in _PARTS.finditer(sql.strip()))


def _marked(part: re.Match[str], links: Mapping[str, str]) -> Markup:
    kind, text = part.lastgroup, part.group()
    if kind == "table" and text in links:
        return Markup('<a href="{}">{}</a>').format(links[text], text)
    if kind in ("table", "other"):
        return Markup("{}").format(text)
    return Markup('<span class="sql-{}">{}</span>').format(kind, text)
