"""LF-tags of databases, tables and columns, by which Lake Formation grants access.

A table has the tags of its database and a column those of its table, unless it has others of its own:
https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-assigning-tags.html
"""

from collections.abc import Mapping

from config.naming import Naming
from lakehouse.model.dataset import Dataset, Layer
from lakehouse.model.fields import CLASSIFICATIONS, every_field
from lakehouse.targets.iceberg import QUARANTINE_FIELDS, RESCUED, columns

LAYER = "layer"
CLASSIFICATION = "classification"
ROWS = "rows"
DOMAIN = "domain"

ALL_ROWS, FILTERED = "all", "filtered"
MEMBER = "member"
"""Value of the key that each domain has for itself."""

RESULTS_CLASSIFICATION = "internal"
"""How sensitive quality results and reasons of rejections are: they hold no values of records."""

VALUES: Mapping[str, tuple[str, ...]] = {
    LAYER: tuple(layer.value for layer in Layer),
    CLASSIFICATION: CLASSIFICATIONS,
    ROWS: (ALL_ROWS, FILTERED),
}
"""Values of the keys that all domains share.

Lake Formation unites grants, and a tag that matches would defeat the filter of a table. So `rows` tells which
tables have filters; they are granted by name, and no tag expression for people matches them.
https://docs.aws.amazon.com/lake-formation/latest/dg/athena-lf.html
"""


def key(naming: Naming, name: str) -> str:
    """Return the key of a tag in an account, where other lakes may have tags too."""
    return naming.resource(name)


def domain_key(naming: Naming, domain: str) -> str:
    """Return the key that the databases of one domain have.

    The values of a key belong to the stack that made it, so a key that all domains share could not grow.
    """
    return naming.resource(DOMAIN, domain)


def database_tags(layer: Layer, domain: str, naming: Naming) -> dict[str, str]:
    """Return the tags of a database: what it holds is as sensitive as can be, unless a table says less."""
    return {
        domain_key(naming, domain): MEMBER,
        key(naming, LAYER): layer.value,
        key(naming, CLASSIFICATION): CLASSIFICATIONS[-1],
        key(naming, ROWS): ALL_ROWS,
    }


def table_tags(dataset: Dataset) -> dict[str, str]:
    """Return the tags of a silver or gold table, as sensitive as the most sensitive of its columns."""
    return {
        LAYER: dataset.layer.value,
        DOMAIN: dataset.domain,
        CLASSIFICATION: dataset.classification,
        ROWS: FILTERED if dataset.is_narrowed else ALL_ROWS,
    }


def column_levels(dataset: Dataset) -> dict[str, str]:
    """Return how sensitive each column of a silver or gold table is.

    Rescued fields are unmasked and nobody has classified them, so they count as the most sensitive. Other
    system columns are as sensitive as the table: they point to, and hash, the whole record.
    """
    levels = dict.fromkeys((field.name for field in columns(dataset)), dataset.classification)
    for field in dataset.fields:
        parts = (part.classification for part in every_field([field]))
        levels[field.name] = max(parts, key=CLASSIFICATIONS.index)
    if RESCUED.name in levels:
        levels[RESCUED.name] = CLASSIFICATIONS[-1]
    return levels


def quarantine_levels(dataset: Dataset) -> dict[str, str]:
    """Return how sensitive each column of the table of rejected records is.

    The text of a record is unmasked. The place that it came from tells the name of a file, and points to the
    whole record, so it is as sensitive as the dataset. Reasons and shapes hold no values.
    """
    levels = dict.fromkeys((field.name for field in QUARANTINE_FIELDS), RESULTS_CLASSIFICATION)
    own = max(dataset.classification, RESULTS_CLASSIFICATION, key=CLASSIFICATIONS.index)
    return {**levels, "source_object": own, "raw": CLASSIFICATIONS[-1]}


def column_tags(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return the tags of the columns that are not as sensitive as the table, by column."""
    return {
        name: {CLASSIFICATION: level}
        for name, level in column_levels(dataset).items()
        if level != dataset.classification
    }
