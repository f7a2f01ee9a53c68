"""How a table's partitioning changes: old files keep theirs, new files get the new one.

Iceberg plans each file under the spec that wrote it, so a change rewrites nothing and a rollback returns to
the former spec. A field of any earlier spec keeps its id, as the specification demands:
https://iceberg.apache.org/spec/#partition-evolution
"""

from collections.abc import Mapping, Sequence
from typing import Any

from iceberg_tables.request import Json


def evolve(metadata: Mapping[str, Any], fields: Sequence[Json], wanted: Json, spec: Json) -> Json:
    """The spec that the table should have: its current one, an earlier one, or a new one.

    Args:
        metadata: The table's metadata.
        fields: Columns of the table after the change.
        wanted: The schema whose ids the wanted spec uses.
        spec: The wanted spec.
    """
    own = {field["name"]: field["id"] for field in fields}
    ids = {field["id"]: own[field["name"]] for field in wanted["fields"]}
    asked = [{**field, "source-id": ids[field["source-id"]]} for field in spec["fields"]]
    known: list[Json] = [current_spec(metadata), *metadata["partition-specs"]]
    for candidate in known:
        if [_key(field) for field in candidate["fields"]] == [_key(field) for field in asked]:
            return candidate
    return {
        "spec-id": max(one["spec-id"] for one in known) + 1,
        "fields": _numbered(asked, known, metadata["last-partition-id"]),
    }


def current_spec(metadata: Mapping[str, Any]) -> Json:
    """The spec that new files follow."""
    specs: Sequence[Json] = metadata["partition-specs"]
    return next(one for one in specs if one["spec-id"] == metadata["default-spec-id"])


def _numbered(asked: Sequence[Json], known: Sequence[Json], last_id: int) -> list[Json]:
    earlier = {_key(field): field for spec in known for field in spec["fields"]}
    numbered = []
    for field in asked:
        if _key(field) in earlier:
            numbered.append(earlier[_key(field)])
        else:
            last_id += 1
            numbered.append({**field, "field-id": last_id})
    return numbered


def _key(field: Json) -> tuple[int, str]:
    return field["source-id"], field["transform"]
