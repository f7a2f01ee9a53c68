"""How a record is sent to a feature that brings records, one module each, named as the feature."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from lakehouse.model.dataset import Dataset


def sender(dataset: Dataset) -> ModuleType | None:
    """Return the module that sends records to the source of a dataset.

    None if the dataset names none, or one that takes records from nobody but its own system.
    """
    source = dataset.ingestion.source if dataset.ingestion else None
    if source is None or find_spec(f"{__name__}.{source.feature}") is None:
        return None
    return import_module(f"{__name__}.{source.feature}")
