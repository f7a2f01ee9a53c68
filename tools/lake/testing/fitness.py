"""What of a contract only Spark understands."""

from lakehouse_etl.native.fitness import UnfitError, check_fitness

from lakehouse.model.dataset import Dataset, Lake
from tools.lake.testing.trial import as_jobs_have_it


def what_needs_spark(lake: Lake, dataset: Dataset) -> str | None:
    """Tell why the function cannot bring a dataset into silver; None if it can."""
    try:
        check_fitness(as_jobs_have_it(lake, dataset))
    except UnfitError as error:
        return error.reason
    return None
