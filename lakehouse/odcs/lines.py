"""Finds the lines of faults that were found when their files were no longer at hand."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from config.document import Document, KeyPath, read
from config.faults import Fault, InvalidInputError
from config.load import BASE, ENVIRONMENTS

_LAKE = re.compile(r"(lake\.\w+)(.*)")
_RULE = re.compile(r"quality rule (\S+)")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def with_lines(faults: Iterable[Fault], root: Path) -> list[Fault]:
    """Return the faults, each with the line of what it is about, where its file has that."""
    documents: dict[str, Document | None] = {}
    return [_placed(fault, root, documents) for fault in faults]


def _placed(fault: Fault, root: Path, documents: dict[str, Document | None]) -> Fault:
    if not fault.where.endswith(".yaml"):  # it has its line, or is no file that has any
        return fault
    if fault.where not in documents:
        documents[fault.where] = _document(root, fault.where)
    document = documents[fault.where]
    path = document and next(_paths(fault.path, document), None)
    return replace(fault, where=document.place(path)) if document and path else fault


def _document(root: Path, where: str) -> Document | None:
    base = root / ENVIRONMENTS / f"{BASE}.yaml"
    try:
        document = read(root / where, root)
        return (
            document.over(read(base, root)) if where.startswith(ENVIRONMENTS) and base.is_file() else document
        )
    except (OSError, InvalidInputError):  # told already, with its line
        return None


def _paths(text: str, document: Document) -> Iterator[KeyPath]:
    """Yield the longest path of the document that a fault's place may mean."""
    start, rest = _start(text, document)
    path = (*start, *(int(number) if number else name for number, name in _STEP.findall(rest)))
    for length in range(len(path), 0, -1):
        if document.has(path[:length]) or (document.base and document.base.has(path[:length])):
            yield path[:length]


def _start(text: str, document: Document) -> tuple[KeyPath, str]:
    if found := _LAKE.match(text):
        at = _index(document.data.get("customProperties"), "property", found[1])
        return (("customProperties", at, "value"), found[2]) if at is not None else ((), "customProperties")
    if found := _RULE.match(text):
        tables = document.data.get("schema")
        table = tables[0] if isinstance(tables, list) and tables and isinstance(tables[0], dict) else {}
        at = _index(table.get("quality"), "name", found[1])
        return (("schema", 0, "quality", at), "") if at is not None else ((), "schema")
    return (), text


def _index(entries: object, key: str, value: str) -> int | None:
    if not isinstance(entries, list):
        return None
    found = (at for at, entry in enumerate(entries) if isinstance(entry, dict) and entry.get(key) == value)
    return next(found, None)
