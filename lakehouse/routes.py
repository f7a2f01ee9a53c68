"""Where files that land may go: what the landing router checks a key against."""

from lakehouse.model import Lake, Mode


def routes(lake: Lake) -> dict[str, dict[str, str]]:
    """Return the format of each dataset that arrives as files, by `<domain>/<dataset>`."""
    return {
        dataset.id: {"format": dataset.ingestion.format.value}
        for dataset in lake.datasets
        if dataset.ingestion is not None and dataset.ingestion.mode is Mode.FILES
    }
