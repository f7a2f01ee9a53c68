"""What AWS DMS is told about the tables that datasets are kept equal to.

https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lakehouse.layout import cdc
from lakehouse.model.dataset import Dataset
from stacks.features.dms.source import SourceTable

_SEQUENCE_LENGTH = 50

SETTINGS: dict[str, Any] = {
    "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"},
    "ChangeProcessingDdlHandlingPolicy": {
        "HandleSourceTableAltered": True,
        "HandleSourceTableDropped": False,
        "HandleSourceTableTruncated": False,
    },
    "Logging": {"EnableLogging": True},
}
"""Settings of the replication: it never deletes files, which the landing router may still have to move."""


def table_mappings(tables: Mapping[Dataset, SourceTable]) -> dict[str, Any]:
    """Return the rules by which DMS picks tables, adds the columns of changes, and names folders.

    Files of a table go to `<schema>/<table>/`, so both are renamed to what the landing router knows.
    """
    rules = [rule for dataset, source in tables.items() for rule in _table(dataset, source)]
    schemas = {source.schema: dataset.domain for dataset, source in tables.items()}
    rules += [
        _transformation("schema", {"schema-name": schema}, "rename", value=domain)
        for schema, domain in sorted(schemas.items())
    ]
    numbered = ({"rule-id": str(at), "rule-name": str(at), **rule} for at, rule in enumerate(rules, start=1))
    return {"rules": list(numbered)}


def _table(dataset: Dataset, source: SourceTable) -> Iterator[dict[str, Any]]:
    place = {"schema-name": source.schema, "table-name": source.table}
    yield {"rule-type": "selection", "rule-action": "include", "object-locator": place}
    yield _transformation("table", place, "rename", value=dataset.name)
    kind = {"type": "string", "length": _SEQUENCE_LENGTH}
    sequence = {"value": cdc.SEQUENCE, "expression": "$AR_H_CHANGE_SEQ", "data-type": kind}
    yield _transformation("column", place, "add-column", **sequence)
    before = {"column-prefix": cdc.BEFORE, "column-suffix": "", "column-filter": "pk-only"}
    yield _transformation("column", place, "add-before-image-columns", **{"before-image-def": before})


def _transformation(target: str, place: dict[str, str], action: str, **more: Any) -> dict[str, Any]:
    return {
        "rule-type": "transformation",
        "rule-target": target,
        "rule-action": action,
        "object-locator": place,
        **more,
    }
