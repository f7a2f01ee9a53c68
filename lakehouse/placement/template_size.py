"""How much of a CloudFormation template the parts of the lake take.

Sizes are estimates that a test of the templates keeps at or above the real ones.
"""

import json
from dataclasses import dataclass

from lakehouse.model.dataset import Dataset, Format, Ingestion, Mode
from lakehouse.targets.bronze_csv import by_header
from lakehouse.targets.dqdl import ruleset
from lakehouse.targets.iceberg import table_schema
from lakehouse.targets.json_schema_draft4 import draft4_schema

RESOURCES_MAX = 500
BYTES_MAX = 1_000_000
"""Resources and size of one template.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""


@dataclass(frozen=True)
class Size:
    """What something takes of a template."""

    resources: int = 0
    bytes: int = 0

    def __add__(self, other: "Size") -> "Size":
        """Both together."""
        return Size(self.resources + other.resources, self.bytes + other.bytes)

    def within(self, share: float) -> bool:
        """Whether it fits into this share of a template."""
        return self.resources <= share * RESOURCES_MAX and self.bytes <= share * BYTES_MAX


EMPTY = Size(0, 2_000)
"""A stack without anything."""

KINDS = {
    Mode.STREAM: Size(15, 16_000),
    Mode.API: Size(37, 37_000),
    Mode.FILES: Size(8, 10_000),
    Mode.CDC: Size(11, 14_000),
    None: Size(7, 6_000),
}
"""A dataset without its columns and rules, by how it arrives; None is a gold product."""

PAGE_BYTES_MAX = 40_000
"""Size of the page of an API as a template holds it; API Gateway itself takes 300 KB.

https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
"""

_BRONZE_COLUMN = 50
"""Bytes of a column of a bronze table beside its name and description."""

_SHARED = Size(42, 51_000)
"""Databases, tables of results, jobs, pipeline and what starts them, of a domain."""

_SOURCE = Size(0, 500)
"""The right to read one database of another domain."""


_DELIVERY = Size(1, 3_000)
"""What a stream takes more if its records are transformed, or if they are converted: rights and alarm."""

_QUERY = Size(1, 1_000)
"""A saved query without its text."""


def shared_size(sources: int) -> Size:
    """Return what the datasets of a domain share, if its products read so many databases of others."""
    return sum([_SOURCE] * sources, _SHARED)


def dataset_size(dataset: Dataset) -> Size:
    """Return what a dataset takes of its template at most."""
    mode = None if dataset.ingestion is None else dataset.ingestion.mode
    bronze = sum(_BRONZE_COLUMN + written(field.name + field.description) for field in dataset.fields)
    texts = [json.dumps(table_schema(dataset)), ruleset(dataset), dataset.description * 2]
    if mode is Mode.API:
        texts.append(json.dumps(draft4_schema(dataset)))
    if dataset.ingestion and dataset.ingestion.format is Format.CSV:
        bronze = 0
        texts.append(by_header(dataset))
    page = PAGE_BYTES_MAX if dataset.ingestion and dataset.ingestion.page else 0
    return _arrival(dataset.ingestion) + Size(bytes=bronze + page + sum(written(text) for text in texts))


def _arrival(ingestion: Ingestion | None) -> Size:
    if ingestion is None:
        return KINDS[None]
    if ingestion.stream is not None:
        return KINDS[Mode.FILES]  # its stream is in the ingestion stack
    converts = ingestion.mode is Mode.STREAM and ingestion.format is Format.PARQUET
    extra = [_DELIVERY] * [ingestion.transform is not None, converts].count(True)
    return sum([*extra, *[_QUERY] * (ingestion.format is Format.CSV)], KINDS[ingestion.mode])


def written(text: str) -> int:
    """Return the bytes of a text inside the JSON of a template."""
    return len(json.dumps(text, ensure_ascii=False).encode())
