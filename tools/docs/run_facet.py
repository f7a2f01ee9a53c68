"""The JSON Schema of the OpenLineage facet with which the lake tells of a run."""

from typing import Any

from lakehouse.targets.run_events import COLUMNS, RUN_FACET, RUN_FACET_SCHEMA

_ELSEWHERE = {"event_time", "event_type", "run_id", "parent_run_id", "error", "event"}
"""Columns of the table that the event tells in its standard parts."""

_TYPES: dict[str, Any] = {
    "string": {"type": "string"},
    "timestamp": {"type": "string"},
    "bigint": {"type": "integer"},
    "double": {"type": "number"},
    "array<string>": {"type": "array", "items": {"type": "string"}},
}


def run_facet_schema() -> dict[str, Any]:
    """Return the schema; each property is a column of the table of runs."""
    name = RUN_FACET_SCHEMA.rpartition("/")[2]
    facet = {
        "type": "object",
        "properties": {
            "_producer": {"type": "string"},
            "_schemaURL": {"type": "string"},
            **{
                column.name: {**_TYPES[column.type], "description": column.comment}
                for column in COLUMNS
                if column.name not in _ELSEWHERE
            },
        },
        "required": ["_producer", "_schemaURL", "engine"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": RUN_FACET_SCHEMA.partition("#")[0],
        "$defs": {name: facet},
        "type": "object",
        "properties": {RUN_FACET: {"$ref": f"#/$defs/{name}"}},
    }
