"""Who makes a dataset's table, the function or Glue, and why."""

from lakehouse_etl.native.fitness import UnfitError, check_fitness

from config.processing import FunctionSettings
from lakehouse.model.dataset import Dataset, Lake
from lakehouse.model.engine import Engine
from tools.lake.testing.trial import as_jobs_have_it


def engine_of(lake: Lake, dataset: Dataset, function: FunctionSettings | None) -> str:
    """Say who works on a dataset where an environment has this function."""
    if dataset.ingestion is None:
        return "Glue: Spark builds products"
    if function is None:
        return "Glue: the environment has no function"
    if dataset.engine is Engine.GLUE:
        return "Glue: the contract says so"
    try:
        check_fitness(as_jobs_have_it(lake, dataset))
    except UnfitError as error:
        return f"Glue: {error.reason}"
    if dataset.engine is Engine.FUNCTION:
        return "the function: the contract says so; Glue where it fails twice"
    return f"the function up to {function.max_mebibytes} MiB of new objects, Glue beyond"
