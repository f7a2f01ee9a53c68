"""Where files go that land: what the landing router knows of each dataset that takes them."""

from typing import Any

from lakehouse.layout.paths import requests_prefix
from lakehouse.model.dataset import Lake, Mode


def routes(lake: Lake) -> dict[str, dict[str, Any]]:
    """Return what the landing router knows of each dataset that arrives as files, by `<domain>/<dataset>`."""
    return {
        dataset.id: {
            "format": dataset.ingestion.format.value,
            "requests": requests_prefix(dataset),
            "versions": dataset.versions is not None,
            "marker": dataset.versions.marker if dataset.versions else None,
        }
        for dataset in lake.datasets
        if dataset.ingestion is not None and dataset.ingestion.mode is Mode.FILES
    }
