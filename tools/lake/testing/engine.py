"""Who makes a dataset's table, the function or Glue, and why."""

from config.processing import FunctionSettings
from lakehouse.model.dataset import Dataset, Engine, Lake


def engine_of(lake: Lake, dataset: Dataset, function: FunctionSettings | None) -> str:
    """Say who works on a dataset where an environment has this function."""
    from tools.lake.testing.fitness import what_needs_spark  # noqa: PLC0415 (imports Arrow, for few commands)

    if dataset.ingestion is None:
        return "Glue: Spark builds products"
    if function is None:
        return "Glue: the environment has no function"
    if dataset.engine is Engine.GLUE:
        return "Glue: the contract says so"
    if reason := what_needs_spark(lake, dataset):
        return f"Glue: {reason}"
    if dataset.engine is Engine.FUNCTION:
        return "the function: the contract says so; Glue where it fails twice"
    return f"the function up to {function.max_mebibytes} MiB of new objects, Glue beyond"
