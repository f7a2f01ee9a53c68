"""Gathers the values of records by column, fields that the contract does not name among them."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from lakehouse_etl.contract.types import Decimal, List, Map, Member, Primitive, Struct, Type

COLUMNS = 300
"""Columns and members that are looked at; where names are data, there is no end of them."""

_VALUES = 1000
"""Values that are kept of each; lists may have many."""

_NEVER = ("boolean", "float", "double", "timestamp", "timestamptz", "binary")
"""Types that hold nothing which is looked for."""

_NAME = re.compile(r"[^\W\d][\w -]{0,63}")
"""What may be the name of a field; another one may be a value itself, and is not told."""

OTHERS = "*"
"""Stands for such a name."""


class Values:
    """Values by the path of their column, nulls apart."""

    def __init__(self, fields: Iterable[Member]) -> None:
        """Take what records hold."""
        self._whole = Struct(tuple(fields))
        self.texts: dict[str, list[str]] = {}

    def add(self, record: Mapping[str, Any]) -> None:
        """Take the values of a record, by the names that its source has."""
        self._members(self._whole, record, "")

    def _members(self, kind: Struct, found: Mapping[str, Any], within: str) -> None:
        by_name = {member.source_name.strip().lower(): member for member in kind.members}
        for name, value in found.items():
            member = by_name.get(name.strip().lower())
            if member is not None:
                self._value(member.type, value, f"{within}{member.name}")
            elif _NAME.fullmatch(name):
                self._value(None, value, f"{within}{name}")
            else:
                self._value(None, name, f"{within}{OTHERS}")
                self._value(None, value, f"{within}{OTHERS}")

    def _value(self, kind: Type | None, value: Any, path: str) -> None:
        match value:
            case dict() if isinstance(kind, Struct):
                self._members(kind, value, f"{path}.")
            case dict():  # whose names may be values as well
                self._pairs(kind, value.items(), path)
            case list() if isinstance(kind, Map):  # as Arrow has maps
                self._pairs(kind, value, path)
            case list():
                for each in value:
                    self._value(kind.element if isinstance(kind, List) else None, each, path)
            case str() | int() | date() if not isinstance(value, bool | datetime):
                self._text(kind, str(value), path)

    def _pairs(self, kind: Type | None, pairs: Iterable[Any], path: str) -> None:
        of = kind if isinstance(kind, Map) else None
        for key, value in pairs:
            self._value(of and of.key, key, path)
            self._value(of and of.value, value, path)

    def _text(self, kind: Type | None, text: str, path: str) -> None:
        if isinstance(kind, Decimal) or (isinstance(kind, Primitive) and kind.name in _NEVER):
            return
        if path not in self.texts and len(self.texts) >= COLUMNS:
            return
        texts = self.texts.setdefault(path, [])
        if text and len(texts) < _VALUES:
            texts.append(text)
