"""How much of a CloudFormation template the parts of the lake take.

Sizes are estimates that a test of the templates keeps at or above the real ones.
"""

import json

from lakehouse.model.dataset import Content, Dataset, Format, Ingestion, Mode
from lakehouse.model.fields import Field
from lakehouse.model.size import Size
from lakehouse.targets.bronze_csv import by_header, is_read
from lakehouse.targets.dqdl import ruleset
from lakehouse.targets.iceberg import table_schema

EMPTY = Size(1, 3_000)
"""A stack without anything but an alarm that tells for all others."""

KINDS = {
    Mode.STREAM: Size(17, 18_500),
    Mode.FILES: Size(8, 10_500),
    None: Size(7, 6_000),
}
"""A dataset without its columns and rules, by how it arrives; None is a gold product."""

_REPLICA = Size(3, 4_000)
"""The table of deleted keys."""

_BRONZE_COLUMN = 50
"""Bytes of a column of a bronze table beside its name and description."""

_SHARED = Size(96, 129_500)
"""Databases, tables of results, runs and erasures, jobs, function, pipeline, what starts them, alarms and
what they are granted, of a domain."""

_GRANT = Size(1, 900)
"""A grant of Lake Formation."""

_GOVERNED_COLUMN = 110
"""Bytes of a column's tag beside its name."""

_REJECTED = Size(0, 400)
"""Tags of the table of rejected records, and of two of its columns."""

_SOURCE = Size(0, 500)
"""The right to read one database of another domain."""


_DELIVERY = Size(1, 3_000)
"""What a stream takes more if its records are transformed, or if they are converted: rights and alarm."""

_QUERY = Size(1, 1_000)
"""A saved query without its text."""


def shared_size(sources: int, readers: int = 0) -> Size:
    """Return what the datasets of a domain share.

    Args:
        sources: Databases of other domains that its products read.
        readers: Rules of the policy about this domain alone.
    """
    return sum([_SOURCE] * sources + [_GRANT] * readers, _SHARED)


def dataset_size(dataset: Dataset, personas: int = 0) -> Size:
    """Return what a dataset takes of its template at most, where there are so many personas."""
    bronze = sum(_BRONZE_COLUMN + written(_bronze_column(field)) for field in dataset.fields)
    texts = [json.dumps(table_schema(dataset)), ruleset(dataset), dataset.description * 2]
    if dataset.ingestion and dataset.ingestion.format is Format.CSV:
        bronze = 0
        texts.append(by_header(dataset) if is_read(dataset) else "")
    columns = sum(written(field.name) for field in dataset.fields)
    tags = columns + _GOVERNED_COLUMN * len(dataset.fields)
    size = _arrival(dataset.ingestion) + Size(bytes=bronze + tags + sum(written(text) for text in texts))
    filters = personas if dataset.is_narrowed else 0
    return sum([_GRANT + Size(1, 700 + columns)] * filters, size)


def _bronze_column(field: Field) -> str:
    """Return the texts of a column; one that the source calls otherwise comes with a parameter."""
    renamed = "" if field.physical_name is None else f'"mapping.{field.name}": "{field.physical_name}",'
    return field.name + field.description + renamed


def _arrival(ingestion: Ingestion | None) -> Size:
    if ingestion is None:
        return KINDS[None]
    if ingestion.stream is not None:
        return KINDS[Mode.FILES] + _REJECTED  # its stream is in the ingestion stack
    converts = ingestion.mode is Mode.STREAM and ingestion.format is Format.PARQUET
    more = {
        _DELIVERY: [ingestion.transform is not None, converts].count(True),
        _GRANT: converts,
        _QUERY: ingestion.format is Format.CSV,
        _REPLICA: ingestion.content is Content.CHANGES,
    }
    source = Size() if ingestion.source is None else ingestion.source.size
    own = KINDS[ingestion.mode] + _REJECTED + source
    return sum((each for each, times in more.items() for _ in range(times)), own)


def written(text: str) -> int:
    """Return the bytes of a text inside the JSON of a template."""
    return len(json.dumps(text, ensure_ascii=False).encode())
