"""Which datasets the native carrier may take; the others need Spark."""

from lakehouse_etl.contract.model import Dataset


class UnfitError(RuntimeError):
    """A dataset needs Spark; nothing was read."""


def check_fitness(dataset: Dataset) -> None:
    """Refuse a dataset that the native carrier cannot do.

    Raises:
        UnfitError: It is one of changes.
    """
    if dataset.changes is not None:
        raise UnfitError(
            f"{dataset.id}: got a dataset of changes; allowed: one of records; fix: run it on Spark"
        )
