"""Who reads a dataset, told in words."""

from lakehouse.access.reading import Reading, readings
from lakehouse.model.access import AccessPolicy
from lakehouse.model.dataset import Dataset
from lakehouse.targets.iceberg import columns


def readers(dataset: Dataset, policy: AccessPolicy) -> dict[str, str]:
    """Return the personas that read a column of the dataset's silver or gold table, and how much of it."""
    names = tuple(field.name for field in columns(dataset))
    found = readings(dataset, policy)
    return {name: _extent(reading, names) for name, reading in found.items() if reading.columns}


def _extent(reading: Reading, names: tuple[str, ...]) -> str:
    hidden = [name for name in names if name not in reading.columns]
    if not hidden:
        told = "all columns"
    elif len(hidden) <= len(reading.columns):
        told = f"all columns but {', '.join(hidden)}"
    else:
        told = f"{', '.join(reading.columns)} alone"
    return told if reading.rows is None else f"{told}, of rows with {reading.rows}"
