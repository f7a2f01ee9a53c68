"""Checks that a document has the form of its kind, so that who reads it need not ask again."""

from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import validator_for

from config.document import dotted
from config.faults import Fault, InvalidInputError

_TEXT = {"type": "string"}
_TYPE = {"anyOf": [_TEXT, {"type": "array", "items": {"$ref": "#/$defs/type"}}, {"$ref": "#/$defs/named"}]}

AVRO: dict[str, Any] = {
    "$defs": {
        "type": _TYPE,
        "named": {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {"$ref": "#/$defs/type"},
                "name": _TEXT,
                "namespace": _TEXT,
                "doc": _TEXT,
                "logicalType": _TEXT,
                "symbols": {"type": "array", "items": _TEXT},
                "items": {"$ref": "#/$defs/type"},
                "values": {"$ref": "#/$defs/type"},
                "fields": {
                    "type": "array",
                    "items": {"$ref": "#/$defs/named", "required": ["name", "type"]},
                },
            },
        },
    },
    "$ref": "#/$defs/type",
}
"""What the specification says of schemas, as far as a contract is made of it."""

_NAMED = {"type": "object", "required": ["name"], "properties": {"name": _TEXT, "description": _TEXT}}
_TESTS = {"type": ["array", "null"], "items": {"type": ["string", "object"]}}
_OBJECTS = {"type": ["array", "null"], "items": {"type": "object"}}
_DBT_TABLE: dict[str, Any] = {
    **_NAMED,
    "properties": {
        **_NAMED["properties"],  # type: ignore[dict-item]  # a mapping
        "tests": _TESTS,
        "data_tests": _TESTS,
        "constraints": _OBJECTS,
        "columns": {
            "type": ["array", "null"],
            "items": {
                **_NAMED,
                "properties": {
                    **_NAMED["properties"],  # type: ignore[dict-item]  # a mapping
                    "data_type": _TEXT,
                    "tests": _TESTS,
                    "data_tests": _TESTS,
                    "constraints": _OBJECTS,
                },
            },
        },
    },
}
_DBT_TABLES = {"type": ["array", "null"], "items": _DBT_TABLE}
DBT: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("models", "seeds", "snapshots"), _DBT_TABLES),
        "sources": {
            "type": ["array", "null"],
            "items": {**_NAMED, "properties": {"tables": _DBT_TABLES}},
        },
    },
}
"""What dbt says of properties files, as far as a contract is made of it."""


def check_form(content: Any, schema: dict[str, Any], where: str) -> None:
    """Check a document against a JSON Schema.

    Raises:
        InvalidInputError: It breaks it; holds every fault.
    """
    errors = [best_match([each]) for each in Draft202012Validator(schema).iter_errors(content)]
    if errors:
        raise InvalidInputError([_fault(each.absolute_path, each.message, where) for each in errors])


def check_json_schema(content: Any, where: str) -> None:
    """Check that a document is a JSON Schema, of the draft that it names.

    Raises:
        InvalidInputError: It is none.
    """
    version = content.get("$schema", "")
    if not isinstance(version, str):
        raise InvalidInputError([_fault(["$schema"], f"{version!r} is no address", where)])
    try:
        validator_for(content, default=Draft202012Validator).check_schema(content)
    except SchemaError as error:
        raise InvalidInputError([_fault(error.absolute_path, error.message, where)]) from error


def _fault(path: Any, message: str, where: str) -> Fault:
    return Fault(where, dotted(tuple(path)), message, "what documents of its kind have there", "mend it")
