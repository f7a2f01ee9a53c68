"""Rows of a table, for people and for scripts."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tools.cli.project import count

_WIDEST = 40
"""Cells of a value that are shown."""

_BETWEEN = 2
"""Cells between columns."""


def whole_text(value: Any) -> str:
    """Write a value on one line, so that different values of a column have different texts."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return value if _is_plain(value) else repr(value)
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else str(value)


def text_of(value: Any) -> str:
    """Write a value on one line, cut where it gets long."""
    text = whole_text(value)
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _is_plain(text: str) -> bool:
    """Whether a text is told from null, from none and from what stands around it without quotes."""
    return text not in ("", "null") and text.isprintable() and text == text.strip() and text[0] not in "'\""


def print_rows(to: Console, rows: pa.Table, most: int) -> None:
    """Print the first rows, with as many columns as the terminal has room for, and say what is left out."""
    names = rows.column_names
    cells = [[text_of(row[name]) for name in names] for row in rows.slice(0, most).to_pylist()]
    shown = _fitting(names, cells, to.width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in names[:shown]:
        table.add_column(escape(name), no_wrap=True)
    for row in cells:
        table.add_row(*(escape(cell) for cell in row[:shown]))
    to.print(table)
    left = [count(rows.num_rows - len(cells), "more row")] if rows.num_rows > len(cells) else []
    left += [f"columns {', '.join(names[shown:])}"] if shown < len(names) else []
    if left:
        to.print(f"[dim]not shown: {escape('; '.join(left))}[/dim]", soft_wrap=True)


def json_rows(rows: pa.Table, most: int) -> list[dict[str, Any]]:
    """Return the first rows as JSON values: what JSON has no type for as text."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows.slice(0, most).to_pylist()]


def _fitting(names: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> int:
    """Return how many columns have room, one at least."""
    used = 0
    for at, name in enumerate(names):
        used += max(cell_len(text) for text in (name, *(row[at] for row in cells))) + _BETWEEN
        if used > width:
            return max(at, 1)
    return len(names)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
