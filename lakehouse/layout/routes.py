"""Where files go that land: what the landing router knows of each dataset that takes them."""

from typing import Any

from lakehouse.layout.paths import requests_prefix
from lakehouse.model.dataset import Lake, Mode
from lakehouse.model.dialect import USUAL, Dialect


def routes(lake: Lake) -> dict[str, dict[str, Any]]:
    """Return what the landing router knows of each dataset that arrives as files, by `<domain>/<dataset>`."""
    return {
        dataset.id: {
            "format": dataset.ingestion.format.value,
            "requests": requests_prefix(dataset),
            "versions": dataset.versions is not None,
            "marker": dataset.versions.marker if dataset.versions else None,
            **_text(dataset.ingestion.dialect),
        }
        for dataset in lake.datasets
        if dataset.ingestion is not None and dataset.ingestion.mode is Mode.FILES
    }


def _text(dialect: Dialect) -> dict[str, str]:
    """Return what tells texts of a dialect from what is none, where that is unlike the usual."""
    delimiter = "" if dialect.delimiter.isprintable() else dialect.delimiter
    found = {"encoding": dialect.encoding, "delimiter": delimiter}
    usual = {"encoding": USUAL.encoding, "delimiter": ""}
    return {name: text for name, text in found.items() if text != usual[name]}
