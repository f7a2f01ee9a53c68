"""Where data goes inside the bronze bucket: files that land, and requests to process what is there."""

from lakehouse.model.dataset import Dataset, Lake, Mode


def routes(lake: Lake) -> dict[str, dict[str, str]]:
    """Return what the landing router knows of each dataset that arrives as files, by `<domain>/<dataset>`."""
    return {
        dataset.id: {"format": dataset.ingestion.format.value, "requests": requests_prefix(dataset)}
        for dataset in lake.datasets
        if dataset.ingestion is not None and dataset.ingestion.mode is Mode.FILES
    }


def requests_prefix(dataset: Dataset) -> str:
    """Return the prefix in the bronze bucket below which requests to process objects of a dataset lie."""
    return f"{dataset.domain}/_requests/{dataset.name}/"
