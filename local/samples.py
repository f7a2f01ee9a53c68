"""Which sample data feeds which dataset of the demonstration."""

from local import sample_data
from local.lake import LocalLake

STREAMED = {"sales/orders": sample_data.orders, "cafe/menu_clicks": sample_data.menu_clicks}
"""Samples of the datasets that arrive on a stream."""

FILES_DOMAIN = "flights"


def feed(lake: LocalLake) -> None:
    """Send every sample on its way and wait until all of it is in bronze."""
    by_id = {dataset.id: dataset for dataset in lake.sources}
    for name, samples in STREAMED.items():
        lake.stream(by_id[name], [sample.record for sample in samples()])
    lake.drop(
        {f"{FILES_DOMAIN}/{name}/{name}.csv": body for name, body in sample_data.flight_files().items()}
    )
