"""Whatever a valid contract says, everything derives from it."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyiceberg.schema import Schema, assign_fresh_schema_ids

from lakehouse.targets import glue, iceberg, manifest
from tests.unit.lakehouse.datasets import NAMING
from tests.unit.lakehouse.project import Json, Project, source
from tools.lake.derived import Derivation, Subject, derive

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}(_[a-z0-9]{1,4})?", fullmatch=True).map(lambda name: f"c_{name}")
SCALARS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"logicalType": "string"},
        {"logicalType": "boolean"},
        {"logicalType": "date"},
        {"logicalType": "timestamp", "physicalType": "timestamptz"},
        {"logicalType": "integer", "physicalType": "long"},
        {"logicalType": "number", "physicalType": "decimal(20, 4)"},
    ]
)


def _nested(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    member = st.tuples(NAMES, inner).map(lambda pair: {"name": pair[0], **pair[1]})
    members = st.lists(member, min_size=1, max_size=3, unique_by=lambda each: each["name"])
    return st.one_of(
        members.map(lambda some: {"logicalType": "object", "properties": some}),
        inner.map(lambda each: {"logicalType": "array", "items": each}),
        inner.map(
            lambda each: {"logicalType": "map", "map": {"key": {"logicalType": "string"}, "value": each}}
        ),
    )


EXTRAS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"unique": True},
        {"classification": "restricted"},
        {"quality": [{"metric": "nullValues", "mustBeLessThan": 5, "unit": "percent", "severity": "info"}]},
        {"quality": [{"type": "sql", "query": "SELECT count(${property}) FROM ${object}", "mustNotBe": 3}]},
    ]
)
"""What a scalar column of any type may have."""

RULED: st.SearchStrategy[dict[str, Any]] = st.tuples(SCALARS, EXTRAS).map(
    lambda pair: {**pair[0], **pair[1]}
) | st.sampled_from(
    [
        {"logicalType": "string", "logicalTypeOptions": {"pattern": "^a'b\\\\\"$", "maxLength": 9}},
        {"logicalType": "string", "enum": [{"value": "it's"}, {"value": '"'}]},
        {"logicalType": "date", "logicalTypeOptions": {"exclusiveMinimum": "2020-02-29"}},
        {"logicalType": "integer", "physicalType": "int", "logicalTypeOptions": {"maximum": 3}},
        {"logicalType": "string", "customProperties": [{"property": "lake.masking", "value": "hash"}]},
        {"logicalType": "date", "customProperties": [{"property": "lake.masking", "value": "redact"}]},
    ]
)
"""Columns with rules."""

TYPES: st.SearchStrategy[dict[str, Any]] = st.recursive(SCALARS, _nested, max_leaves=6)
COLUMNS = st.lists(
    st.tuples(NAMES, TYPES | RULED, st.booleans()).map(
        lambda each: {"name": each[0], **each[1], "required": each[2], "description": "A column."}
    ),
    max_size=5,
    unique_by=lambda each: each["name"],
)


@settings(max_examples=40)
@given(COLUMNS, st.sampled_from(["ignore", "rescue", "reject"]))
def test_everything_derives_from_a_contract_when_it_is_valid(columns: list[Json], unknown: str) -> None:
    ingestion = {"mode": "stream", "format": "json", "unknownFields": unknown}
    with tempfile.TemporaryDirectory() as root:
        project = Project(Path(root))
        project.write(source("shop/orders", *columns, ingestion=ingestion))
        lake = project.load()
    (dataset,) = lake.datasets
    assert [field.name for field in dataset.fields] == ["order_id", *(column["name"] for column in columns)]
    schema = Schema.model_validate_json(json.dumps(iceberg.table_schema(dataset)))
    assert assign_fresh_schema_ids(schema) == schema
    assert len(glue.columns(dataset)) == len(schema.fields)
    compiled = manifest.compile_domain(lake, "shop", NAMING)
    assert json.loads(json.dumps(compiled)) == compiled
    for derivation in Derivation:
        assert json.dumps(derive(derivation, Subject(dataset, lake, NAMING)))
