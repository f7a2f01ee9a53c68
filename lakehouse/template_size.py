"""How much of a CloudFormation template the parts of the lake take.

Sizes are estimates that a test of the templates keeps at or above the real ones.
"""

import json
from dataclasses import dataclass

from lakehouse.dqdl import ruleset
from lakehouse.iceberg import table_schema
from lakehouse.model import Dataset, Mode

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
    Mode.STREAM: Size(12, 14_000),
    Mode.API: Size(24, 30_000),
    Mode.FILES: Size(5, 8_000),
    Mode.CDC: Size(8, 12_000),
    None: Size(4, 4_000),
}
"""A dataset without its columns and rules, by how it arrives; None is a gold product."""

_BRONZE_COLUMN = 50
"""Bytes of a column of a bronze table beside its name and description."""

_SHARED = Size(20, 26_000)
"""Databases, tables of results, jobs and pipeline of a domain."""

_SOURCE = Size(0, 500)
"""The right to read one database of another domain."""


def shared_size(sources: int) -> Size:
    """Return what the datasets of a domain share, if its products read so many databases of others."""
    return sum([_SOURCE] * sources, _SHARED)


def dataset_size(dataset: Dataset) -> Size:
    """Return what a dataset takes of its template at most."""
    mode = None if dataset.ingestion is None else dataset.ingestion.mode
    bronze = sum(_BRONZE_COLUMN + _written(field.name + field.description) for field in dataset.fields)
    texts = [json.dumps(table_schema(dataset)), ruleset(dataset), dataset.description * 2]
    return KINDS[mode] + Size(bytes=bronze + sum(_written(text) for text in texts))


def _written(text: str) -> int:
    """Bytes of a text inside the JSON of a template."""
    return len(json.dumps(text, ensure_ascii=False).encode())
