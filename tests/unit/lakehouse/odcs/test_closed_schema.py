"""Which keys a closed schema lets an object have."""

from typing import Any

import pytest
from jsonschema import Draft201909Validator

from lakehouse.odcs.closed_schema import closed

Json = dict[str, Any]

A: Json = {"properties": {"a": {"type": "string"}}}
B: Json = {"properties": {"b": {"type": "string"}}}
FIVE: Json = {"properties": {"five": {"const": 5}}}
SIX: Json = {"properties": {"six": {"const": 6}}}


def problems(schema: Json, value: object) -> list[str]:
    """Return the keywords of a closed schema that a value breaks."""
    return sorted(error.validator for error in Draft201909Validator(closed(schema)).iter_errors(value))


@pytest.mark.parametrize(
    "part",
    [
        A,
        {"allOf": [B, A]},
        {"anyOf": [B, A]},
        {"oneOf": [A, {"required": ["c"]}]},
        {"if": A, "then": B},
        {"if": B, "then": A},
        {"if": {"required": ["c"]}, "then": B, "else": A},
        {"$ref": "#/$defs/inner/a"},
        {"allOf": [{"$ref": "#/$defs/inner/a"}]},
    ],
)
def test_key_is_known_when_a_schema_of_the_same_value_describes_it(part: Json) -> None:
    schema = {**part, "unevaluatedProperties": False, "$defs": {"inner": {"a": A}}}
    assert problems(schema, {"a": "x"}) == []
    assert problems(schema, {"a": "x", "z": "x"}) == ["additionalProperties"]


def test_value_of_a_known_key_is_judged_when_the_schema_is_closed() -> None:
    assert problems({**A, "unevaluatedProperties": False}, {"a": 1}) == ["type"]


def test_one_wrong_value_does_not_make_its_neighbours_unknown() -> None:
    schema = {"allOf": [A, B], "unevaluatedProperties": False}
    assert problems(schema, {"a": 1, "b": "x"}) == ["type"]


@pytest.mark.parametrize("part", [{}, {"unevaluatedProperties": True}])
def test_any_key_is_allowed_when_the_schema_is_open(part: Json) -> None:
    assert problems({**A, **part}, {"z": "x"}) == []


def test_parts_inside_others_are_closed_as_well() -> None:
    item = {**A, "unevaluatedProperties": False}
    schema = {"properties": {"list": {"items": item}, "either": {"anyOf": [item, {"type": "string"}]}}}
    assert problems(schema, {"list": [{"a": "x"}], "either": {"a": "x"}}) == []
    assert problems(schema, {"list": [{"z": "x"}], "either": {"z": "x"}}) == ["additionalProperties", "anyOf"]


@pytest.mark.parametrize("condition", [FIVE, {"anyOf": [FIVE, SIX]}])
def test_condition_holds_only_when_the_key_that_it_tests_is_there(condition: Json) -> None:
    schema = {"if": condition, "then": {"required": ["a"]}}
    assert problems(schema, {}) == []
    assert problems(schema, {"five": 5}) == ["required"]
    assert problems(schema, {"five": 7}) == []
