"""How contracts ask for masking, and what is refused of it."""

from dataclasses import replace
from typing import Any

import pytest

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import Array, Field, Map, Struct, every_field
from lakehouse.model.masking import HASH, TOKENIZE, Masking, Method, Period
from lakehouse.targets.iceberg import columns, table_schema
from lakehouse.targets.json_schema import json_schema
from lakehouse.targets.manifest import compile_domain
from lakehouse.targets.words import maskings
from tests.unit.lakehouse.datasets import NAMING
from tests.unit.lakehouse.project import Json, Project, column, source

GROUPS = {"Benelux": ["BE", "NL"], "DACH": ["DE"]}


def masked(
    value: object, name: str = "note", logical: str = "string", physical: Any = None, **more: Any
) -> Json:
    customs = [{"property": "lake.masking", "value": value}]
    return column(name, logical, physical, customProperties=customs, **more)


def dataset_of(project: Project, *given: Json, **lake: Any) -> Dataset:
    project.write(source("shop/orders", *given, **lake))
    [dataset] = project.load().datasets
    return dataset


WAYS = [
    ("tokenize", "string", None, TOKENIZE, "tokenize"),
    ({"method": "hash"}, "string", None, HASH, "hash"),
    (
        {"method": "truncate", "first": 3}, "string", None,
        Masking(Method.TRUNCATE, first=3), "truncate to first 3",
    ),
    (
        {"method": "truncate", "last": 4}, "string", None,
        Masking(Method.TRUNCATE, last=4), "truncate to last 4",
    ),
    (
        {"method": "generalize", "to": "month"}, "date", "date",
        Masking(Method.GENERALIZE, to=Period.MONTH), "generalize to month",
    ),
    (
        {"method": "generalize", "to": "hour"}, "timestamp", "timestamptz",
        Masking(Method.GENERALIZE, to=Period.HOUR), "generalize to hour",
    ),
    (
        {"method": "generalize", "width": 10}, "integer", "int",
        Masking(Method.GENERALIZE, width=10), "generalize to ranges of 10",
    ),
    (
        {"method": "generalize", "width": 2}, "integer", "long",
        Masking(Method.GENERALIZE, width=2), "generalize to ranges of 2",
    ),
    (
        {"method": "generalize", "width": 1}, "number", "decimal(9, 2)",
        Masking(Method.GENERALIZE, width=1), "generalize to ranges of 1",
    ),
    (
        {"method": "generalize", "groups": GROUPS, "other": "elsewhere"}, "string", None,
        Masking(
            Method.GENERALIZE, groups=(("Benelux", ("BE", "NL")), ("DACH", ("DE",))), other="elsewhere"
        ),
        "generalize to Benelux or DACH or elsewhere",
    ),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=[each[-1] for each in WAYS])
def test_column_is_masked_and_jobs_producers_and_people_are_told(
    project: Project, way: tuple[Any, str, str | None, Masking, str]
) -> None:
    value, logical, physical, masking, words = way
    dataset = dataset_of(project, masked(value, "note", logical, physical))
    assert (dataset.fields[1].masking, str(dataset.fields[1].masking)) == (masking, words)
    assert maskings(dataset.fields[1]) == [words]
    [told] = compile_domain(project.load(), "shop", NAMING)["datasets"]
    assert told["fields"][1]["masking"] == ("hash" if masking == HASH else value)
    note = json_schema(dataset)["properties"]["note"]
    assert note["description"] == f"The note. The lake masks it before it is stored: {words}."


def member(value: object, **more: Any) -> Json:
    return {**masked(value, "city"), **more}


@pytest.mark.parametrize(
    "nested",
    [
        {"logicalType": "object", "properties": [member("hash")]},
        {"logicalType": "array", "items": {"logicalType": "object", "properties": [member("hash")]}},
        {
            "logicalType": "map",
            "map": {
                "key": {"logicalType": "string"},
                "value": {"logicalType": "object", "properties": [member("hash")]},
            },
        },
    ],
    ids=["struct", "list", "map"],
)
def test_member_is_masked_wherever_it_is_nested(project: Project, nested: Json) -> None:
    dataset = dataset_of(project, {**column("place"), **nested})
    place = dataset.fields[1]
    assert {part.name: part.masking for part in every_field([place])} == {"place": None, "city": HASH}
    assert maskings(place) == ["city: hash"]
    [told] = compile_domain(project.load(), "shop", NAMING)["datasets"]
    assert "'masking': 'hash'" in str(told["fields"][1]["type"])
    assert "masking" not in str(table_schema(dataset))


def test_elements_and_values_are_masked_by_the_column_that_holds_them(project: Project) -> None:
    text = {"logicalType": "string"}
    lists = masked("hash", "names", "array", items=text)
    maps = masked({"method": "truncate", "first": 1}, "notes", "map", map={"key": text, "value": text})
    dataset = dataset_of(project, lists, maps)
    assert [type(field.type) for field in dataset.fields[1:]] == [Array, Map]
    assert [str(field.masking) for field in dataset.fields[1:]] == ["hash", "truncate to first 1"]


def test_member_that_is_redacted_is_optional_in_the_table(project: Project) -> None:
    nested = {"logicalType": "object", "properties": [member("redact", required=True)]}
    dataset = dataset_of(project, {**column("place"), **nested})
    [given] = dataset.fields[1].type.fields  # type: ignore[union-attr]
    [stored] = columns(dataset)[1].type.fields  # type: ignore[union-attr]
    assert (given.required, stored.required) == (True, False)


ONE = "got '{}'; allowed: {}; fix: change one of them"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (masked("truncate"), "allowed: truncate with one of first, last"),
        (masked("generalize"), "allowed: generalize with one of groups, to, width"),
        (masked({"method": "hash", "first": 2}), "allowed: hash with no other key"),
        (masked({"method": "truncate", "first": 2, "last": 2}), "allowed: truncate with one of first, last"),
        (masked({"method": "truncate", "to": "year"}), "allowed: truncate with one of first, last"),
        (masked({"method": "truncate", "first": 0}), "value.first: got 0; allowed: greater than or equal to"),
        (masked({"method": "truncate", "begin": 2}), "got 'begin'; allowed: first, groups, last, method"),
        (masked({"method": "generalize", "groups": GROUPS}), "allowed: groups and other, or none of both"),
        (masked({"method": "truncate", "last": 1, "other": "x"}), "allowed: groups and other, or none of"),
        (
            masked({"method": "generalize", "groups": {"a": ["x"], "b": ["x"]}, "other": "c"}),
            "allowed: each text in one group",
        ),
        (masked({"first": 2}), "value.method: got 'nothing'"),
        (masked(3), "customProperties[0].value: got 3"),
        (
            masked("tokenize", "note", "boolean"),
            ONE.format("tokenize on boolean", "redact on boolean"),
        ),
        (
            masked({"method": "truncate", "first": 2}, "note", "date"),
            ONE.format(
                "truncate to first 2 on date", "redact, generalize (to: year or quarter or month) on date"
            ),
        ),
        (
            masked({"method": "generalize", "to": "day"}, "note", "date"),
            ONE.format(
                "generalize to day on date", "redact, generalize (to: year or quarter or month) on date"
            ),
        ),
        (
            masked({"method": "generalize", "width": 1}, "note", "integer", "long"),
            ONE.format(
                "generalize to ranges of 1 on long", "redact, generalize (width: 2 or more) on long"
            ),
        ),
        (
            masked({"method": "generalize", "width": 10}),
            "allowed: hash, redact, tokenize, truncate (first, last), generalize (groups) on string;",
        ),
        (masked("hash", "note", "number", "decimal(9, 2)"), "allowed: redact, generalize (width: 1 or more)"),
        (
            masked("hash", "note", "array", items={"logicalType": "boolean"}),
            ONE.format("hash on list<boolean>", "redact on boolean"),
        ),
        (
            {**column("note"), "logicalType": "object", "properties": [masked("hash", "at", "date")]},
            "properties[0].customProperties[0].value: got 'hash on date'; allowed: redact, generalize",
        ),
    ],
)  # fmt: skip
def test_masking_is_refused_when_it_says_too_little_too_much_or_does_not_fit(
    project: Project, given: Json, fault: str
) -> None:
    assert fault in project.fault_of(source("shop/orders", given))


@pytest.mark.parametrize(
    "value",
    ["redact", {"method": "truncate", "first": 1}, {"method": "generalize", "groups": GROUPS, "other": "x"}],
)
def test_key_is_refused_when_its_masking_makes_values_equal(project: Project, value: object) -> None:
    contract = source("shop/orders", column("note"))
    contract["schema"][0]["properties"][0]["customProperties"] = masked(value)["customProperties"]
    fault = project.fault_of(contract)
    assert "allowed: hash, tokenize, or no masking, on a key column; fix: a key must keep telling" in fault


@pytest.mark.parametrize("value", ["hash", "tokenize"])
def test_key_may_be_masked_when_values_stay_different(project: Project, value: str) -> None:
    contract = source("shop/orders")
    contract["schema"][0]["properties"][0]["customProperties"] = masked(value)["customProperties"]
    project.write(contract)
    assert str(project.load().datasets[0].fields[0].masking) == value


def test_partition_is_refused_when_its_column_is_redacted_alone(project: Project) -> None:
    fault = project.fault_of(source("shop/orders", masked("redact"), partition=["note"]))
    told = "got 'note: redact'; allowed: columns that are not redacted: all rows would lie in one"
    assert fault.startswith(f"customProperties[2].value[0]: {told}")
    month = masked({"method": "generalize", "to": "month"}, "at", "date")
    assert dataset_of(project, month, partition=["month(at)"]).partition


@pytest.mark.parametrize("value", ["tokenize", {"method": "truncate", "last": 2}])
def test_order_is_refused_when_its_column_is_masked(project: Project, value: object) -> None:
    fault = project.fault_of(source("shop/orders", masked(value), order_by=["note"]))
    assert fault.startswith("customProperties[2].value[0]: got 'note: t")
    assert "allowed: columns that are not masked: versions are compared as they are stored" in fault


@pytest.mark.parametrize("value", ["hash", "redact"])
def test_order_that_has_been_valid_for_long_is_warned_of(project: Project, value: str) -> None:
    project.write(source("shop/orders", masked(value), order_by=["note"]))
    [warning] = project.load().warnings
    assert f"got 'note: {value}'" in str(warning)


def test_rule_is_refused_when_masking_makes_different_values_equal(project: Project) -> None:
    fault = project.fault_of(source("shop/orders", masked({"method": "truncate", "first": 2}, unique=True)))
    assert "got 'unique(note) on masked note'; allowed: rules on what is stored" in fault
    assert dataset_of(project, masked("tokenize", unique=True)).rules


def test_struct_that_is_masked_as_a_whole_tells_so() -> None:
    city = Field("city", Struct(()), False, "")
    assert maskings(replace(city, masking=HASH)) == ["hash"]
