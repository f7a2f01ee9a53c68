"""LF-tags of a dataset's silver or gold table, by which Lake Formation grants access.

A column without a tag of its own has that of its table. Keys and values are lower-case words, well within
128 and 256 characters: https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_LFTag.html
"""

from lakehouse.model.dataset import Dataset
from lakehouse.model.fields import CLASSIFICATIONS, every_field
from lakehouse.targets.iceberg import RESCUED, columns

LAYER = "layer"
DOMAIN = "domain"
CLASSIFICATION = "classification"


def table_tags(dataset: Dataset) -> dict[str, str]:
    """Return the tags of the table; it is as sensitive as the most sensitive of its columns."""
    return {LAYER: dataset.layer.value, DOMAIN: dataset.domain, CLASSIFICATION: dataset.classification}


def column_tags(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return the tags of the columns that are not as sensitive as the table, by column.

    Rescued fields are unmasked and nobody has classified them, so they count as the most sensitive. Other
    system columns stay as sensitive as the table: they point to, and hash, the whole record.
    """
    levels = {
        field.name: max((part.classification for part in every_field([field])), key=CLASSIFICATIONS.index)
        for field in dataset.fields
    }
    if RESCUED in columns(dataset):
        levels[RESCUED.name] = CLASSIFICATIONS[-1]
    return {
        name: {CLASSIFICATION: level} for name, level in levels.items() if level != dataset.classification
    }
