"""Maps logical and physical types of the standard to the types of the model.

The logical type says what a value means, the physical type how it is stored, by its Iceberg name. Where the
logical type alone would leave room for loss (`number`, `integer`, `timestamp`), the physical type decides.
"""

import json
import re

from config.document import KeyPath
from config.faults import nearest, one_of
from lakehouse.model.fields import CLASSIFICATIONS, Array, Decimal, Field, Map, Scalar, Struct, Type
from lakehouse.odcs.column.masking import read_masking
from lakehouse.odcs.column.properties import MASKING, OF_MEMBERS, custom_value, read_subject
from lakehouse.odcs.column.source import read_physical_name
from lakehouse.odcs.findings import Findings
from lakehouse.odcs.names import check_names
from lakehouse.odcs.shape import Property
from lakehouse.targets.words import type_name

_SCALARS: dict[str, tuple[Scalar, ...]] = {
    "string": (Scalar.STRING, Scalar.BINARY),
    "boolean": (Scalar.BOOLEAN,),
    "date": (Scalar.DATE,),
    "timestamp": (Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ),
    "integer": (Scalar.INT, Scalar.LONG),
    "number": (Scalar.FLOAT, Scalar.DOUBLE),
}
"""Physical types that can store each logical type; `number` may be a decimal as well."""

_DEFAULTS = {"string": Scalar.STRING, "boolean": Scalar.BOOLEAN, "date": Scalar.DATE}

_NESTED = {"object": "struct", "array": "list", "map": "map"}

_FORMATS: dict[Type, set[str]] = {
    Scalar.INT: {"i8", "i16", "i32", "u8", "u16"},
    Scalar.LONG: {"i8", "i16", "i32", "i64", "u8", "u16", "u32"},
    Scalar.FLOAT: {"f32"},
}
"""Values of `logicalTypeOptions.format` that fit into a physical type without loss; a double holds each."""

_MOMENTS = ("date", "timestamp")

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_MAX_PRECISION = 38
"""Digits of an Iceberg decimal: https://iceberg.apache.org/spec/#primitive-types"""


def read_type(part: Property, path: KeyPath, findings: Findings) -> Type:
    """Return the type of a property; after a fault, which is noted, any type."""
    logical = part.get("logicalType", "")
    if logical in _NESTED:
        return _nested(part, logical, path, findings)
    if logical not in _SCALARS:
        here = (*path, "logicalType")
        if logical or not findings.has(here):  # else the schema of the standard has refused it
            allowed = one_of([*_SCALARS, *_NESTED])
            findings.add(here, logical or "nothing", allowed, "use a type that a table can store")
        return Scalar.STRING
    kind = _scalar(part, logical, path, findings)
    _check_options(part, kind, path, findings)
    return kind


def _scalar(part: Property, logical: str, path: KeyPath, findings: Findings) -> Type:
    candidates = {kind.value: kind for kind in _SCALARS[logical]}
    physical = part.get("physicalType")
    if physical is None and logical in _DEFAULTS:
        return _DEFAULTS[logical]
    if physical in candidates:
        return candidates[physical]
    if logical == "number" and physical and (match := _DECIMAL.fullmatch(physical)):
        decimal = Decimal(int(match[1]), int(match[2]))
        if 0 < decimal.precision <= _MAX_PRECISION and decimal.scale <= decimal.precision:
            return decimal
    decimals = ["decimal(precision, scale) of at most 38 digits"] if logical == "number" else []
    allowed = one_of([*candidates, *decimals])
    fix = f"say how {logical} values are stored"
    findings.add((*path, "physicalType"), physical or "nothing", allowed, fix)
    return Scalar.STRING


def _check_options(part: Property, kind: Type, path: KeyPath, findings: Findings) -> None:
    options = part.get("logicalTypeOptions", {})
    path = (*path, "logicalTypeOptions")
    formats = _FORMATS.get(kind)
    if formats is not None and "format" in options and options["format"] not in formats:
        fix = "choose a physicalType that holds every such value"
        findings.add((*path, "format"), options["format"], one_of(formats), fix)
    zoned = (
        {Scalar.TIMESTAMP: False, Scalar.TIMESTAMPTZ: True}.get(kind) if isinstance(kind, Scalar) else None
    )
    if zoned is not None and options.get("timezone", zoned) is not zoned:
        fix = "change it or the physicalType"
        findings.add((*path, "timezone"), options["timezone"], str(zoned).lower(), fix)


def _nested(part: Property, logical: str, path: KeyPath, findings: Findings) -> Type:
    if part.get("physicalType", _NESTED[logical]) != _NESTED[logical]:
        findings.add((*path, "physicalType"), part["physicalType"], _NESTED[logical], "change or remove it")
    if logical == "object":
        members = part.get("properties", [])
        check_names(members, (*path, "properties"), findings)
        if not members:
            findings.add((*path, "properties"), "nothing", "at least one property", "list the members")
        return Struct(
            tuple(_member(member, (*path, "properties", at), findings) for at, member in enumerate(members))
        )
    if logical == "array":
        if "items" not in part:
            findings.add((*path, "items"), "nothing", "the type of the elements", "add the key")
            return Array(Scalar.STRING)
        return Array(_inner(part["items"], (*path, "items"), findings))
    key = _inner(part["map"]["key"], (*path, "map", "key"), findings)
    if key is not Scalar.STRING:
        here = (*path, "map", "key")
        findings.add(here, type_name(key), "string, as keys are in JSON", "change its type")
    return Map(key, _inner(part["map"]["value"], (*path, "map", "value"), findings))


def _member(member: Property, path: KeyPath, findings: Findings) -> Field:
    kind = _inner(member, path, findings, member=True)
    return Field(
        name=member["name"],
        type=kind,
        required=member.get("required", False),
        description=" ".join(member.get("description", "").split()),
        classification=read_classification(member, path, findings),
        masking=read_masking(member, kind, path, findings),
        examples=read_examples(member),
        physical_name=read_physical_name(member, path, findings),
        subject=read_subject(member, kind, path, findings),
    )


def read_classification(part: Property, path: KeyPath, findings: Findings) -> str:
    """Return how sensitive a value is; after a fault, which is noted, the highest class."""
    classification = part.get("classification", "internal")
    if classification in CLASSIFICATIONS:
        return classification
    fix = nearest(classification, CLASSIFICATIONS)
    findings.add((*path, "classification"), classification, ", ".join(CLASSIFICATIONS), fix)
    return CLASSIFICATIONS[-1]


def read_examples(part: Property) -> tuple[str, ...]:
    """Return the examples as people would write them."""
    return tuple(
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for value in part.get("examples", [])
    )


_COLUMN_ONLY = ("quality", "enum", "primaryKey", "unique", "partitioned", "relationships")
_OPTIONS_INSIDE = {"format", "timezone"}
"""Options of a logical type that tell of the type; of a date or timestamp only columns have a format."""


def _inner(part: Property, path: KeyPath, findings: Findings, *, member: bool = False) -> Type:
    """Read a type inside another, where jobs check the type, mask members, and do nothing else."""
    known = OF_MEMBERS if member else (MASKING,)
    rules: list[KeyPath] = [(key,) for key in _COLUMN_ONLY if part.get(key)]
    rules += [
        ("logicalTypeOptions", key)
        for key in part.get("logicalTypeOptions", {})
        if key not in _OPTIONS_INSIDE or (key == "format" and part.get("logicalType") in _MOMENTS)
    ]
    rules += [
        ("customProperties", at)
        for at, custom in enumerate(part.get("customProperties", []))
        if custom["property"].startswith("lake.") and custom["property"] not in known
    ]
    masking, here = custom_value(part, MASKING, path)
    if masking is not None and not member:
        allowed = "masking of columns and members"
        fix = "put it on the array or map, whose elements or values it then masks"
        findings.add(here, masking, allowed, fix)
    for rule in rules:
        findings.add(
            (*path, *rule),
            ".".join(map(str, rule)),
            "rules on columns only",
            "remove it, or make this a column",
        )
    return read_type(part, path, findings)
