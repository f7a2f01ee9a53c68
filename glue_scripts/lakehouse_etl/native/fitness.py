"""Which datasets the native carrier may take; the others need Spark."""

from lakehouse_etl.contract.model import Dataset


class UnfitError(RuntimeError):
    """A dataset needs Spark; nothing was read."""

    def __init__(self, dataset: Dataset, reason: str) -> None:
        """Name the dataset, and what of it only Spark can do."""
        super().__init__(f"{dataset.id}: {reason}; fix: run it on Spark")
        self.reason = reason


def check_fitness(dataset: Dataset) -> None:
    """Refuse a dataset that the native carrier cannot do.

    Raises:
        UnfitError: It is one of changes, or has table rules that only Spark is known to measure.
    """
    faults = [f"{rule.name}: {rule.spark_only}" for rule in dataset.table_rules if rule.spark_only]
    if dataset.changes is not None:
        faults.append("got a dataset of changes; allowed: one of records")
    if faults:
        raise UnfitError(dataset, "; ".join(faults))
