"""Nested values out of JSON, in an object or as a text of their own."""

from collections.abc import Callable
from typing import Any, NoReturn

from lakehouse_etl.contract.types import Decimal, List, Map, Primitive, Struct, Type
from lakehouse_etl.judge.fields.faults import NoValueError, Reader
from lakehouse_etl.judge.fields.names import AmbiguousError, Names
from lakehouse_etl.judge.fields.scalars import text_reader
from lakehouse_etl.judge.json.parsing import (
    Fraction,
    MalformedError,
    Repeating,
    has_half_characters,
    parsed,
)
from lakehouse_etl.judge.json.text import text_of

_TEXT, _BYTES = Primitive("string"), Primitive("binary")

UNKNOWN, REPEATED, FRACTION = "unknown", "repeated", "fraction"
"""What may be wrong with the form of a nested value: a member that the contract does not name, a key twice,
a number with a fraction where a text should be, whose digits some readers change."""

Check = Callable[[Any, set[str]], None]
"""Adds what is wrong with the form of a value."""


def held(given: Any) -> Any:
    """Return the value that a text holds, as objects of nested fields may come; else what is given."""
    if type(given) is not str:
        return given
    try:
        # A text of null, or one that is no JSON, stays a text, which is no nested value.
        found = None if has_half_characters(given) else parsed(given)
    except MalformedError:
        found = None
    return given if found is None else found


def scalar_reader(kind: Primitive | Decimal, read: Reader) -> Reader:
    """Return what reads values of a type from values of JSON; `read` reads them from texts."""
    readers: dict[type, Reader] = {
        str: read,
        int: lambda number: read(str(number)),
        bool: lambda truth: read("true" if truth else "false"),
        # Without a fraction a number is the same text to every reader.
        Fraction: _refuse if kind in (_TEXT, _BYTES) else read,
    }
    rest: Reader = text_of if kind == _TEXT else _refuse

    def read_json(value: Any) -> Any:
        return readers.get(type(value), rest)(value)

    return read_json


def _refuse(_value: Any) -> NoReturn:
    raise NoValueError


def nested_reader(kind: Type) -> Reader:
    """Return what reads values of a type, nested or not, from values of JSON."""
    match kind:
        case List():
            return _list_reader(kind)
        case Map():
            return _map_reader(kind)
        case Struct():
            return _struct_reader(kind)
    return scalar_reader(kind, text_reader(kind))


def _list_reader(kind: List) -> Reader:
    read = nested_reader(kind.element)

    def read_list(value: Any) -> Any:
        if not isinstance(value, list):
            raise NoValueError
        return [None if item is None else read(item) for item in value]

    return read_list


def _map_reader(kind: Map) -> Reader:
    read = nested_reader(kind.value)

    def read_map(value: Any) -> Any:
        if not isinstance(value, dict):
            raise NoValueError
        return [(name, None if item is None else read(item)) for name, item in value.items()]

    return read_map


def _struct_reader(kind: Struct) -> Reader:
    members = [(each.name, each.source_name, nested_reader(each.type)) for each in kind.members]
    names = Names(source for _, source, _ in members)

    def read_struct(value: Any) -> Any:
        if not isinstance(value, dict):
            raise NoValueError
        others = names.matched(value).others
        found = {}
        for name, source, read in members:
            item = value.get(others.get(source, source))
            found[name] = None if item is None else read(item)
        return found

    return read_struct


def nested_check(kind: Type) -> Check | None:
    """Return what checks the form of values of a type; None if there is nothing to be checked."""
    match kind:
        case Primitive():
            return check_text if kind == _TEXT else None
        case List():
            return _list_check(kind)
        case Map():
            return _map_check(kind)
        case Struct():
            return _struct_check(kind)
    return None


def check_text(value: Any, found: set[str]) -> None:
    """Check what should be a text."""
    if type(value) is Fraction:
        found.add(FRACTION)


def _list_check(kind: List) -> Check | None:
    inside = nested_check(kind.element)
    if inside is None:
        return None

    def check_form(value: Any, found: set[str]) -> None:
        for item in value if isinstance(value, list) else ():
            inside(item, found)

    return check_form


def _map_check(kind: Map) -> Check:
    inside = nested_check(kind.value)

    def check_form(value: Any, found: set[str]) -> None:
        if isinstance(value, Repeating):
            found.add(REPEATED)
        if inside is not None and isinstance(value, dict):
            for item in value.values():
                inside(item, found)

    return check_form


def _struct_check(kind: Struct) -> Check:
    checks = {each.source_name: nested_check(each.type) for each in kind.members}
    inside = {name: check for name, check in checks.items() if check is not None}
    names = Names(checks)

    def check_form(value: Any, found: set[str]) -> None:
        if not isinstance(value, dict):
            return
        if isinstance(value, Repeating):
            found.add(REPEATED)
        try:
            others, unknown = names.matched(value)
        except AmbiguousError:
            found.add(REPEATED)
            return
        if unknown:
            found.add(UNKNOWN)
        for name, check in inside.items():
            check(value.get(others.get(name, name)), found)

    return check_form
