"""The search index: one entry per dataset, in a script, since pages opened from a disk may not fetch."""

import json
from collections.abc import Iterator
from typing import Any

from lakehouse.model.dataset import Dataset, Lake
from tools.lake.site.columns import rows
from tools.lake.site.words import title


def search_script(lake: Lake) -> str:
    """Return the script that hands the entries to the page."""
    entries = json.dumps([_entry(dataset) for dataset in lake.datasets], separators=(",", ":"))
    return f"window.catalogue({entries});\n"


def _entry(dataset: Dataset) -> dict[str, Any]:
    return {
        "id": dataset.id,
        "title": title(dataset),
        "layer": dataset.layer.value,
        "text": dataset.description,
        "tags": list(_tags(dataset)),
        "columns": [row.path for row in rows(dataset.fields)],
    }


def _tags(dataset: Dataset) -> Iterator[str]:
    yield from (dataset.classification, dataset.owner, dataset.write.value)
    if dataset.documentation.status:
        yield dataset.documentation.status
    if dataset.ingestion is not None:
        yield from (dataset.ingestion.mode.value, dataset.ingestion.format.value)
