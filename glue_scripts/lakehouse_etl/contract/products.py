"""Decodes what a manifest says about a product's inputs, partitions and refresh."""

import re

from lakehouse_etl.contract.document import Document, matching
from lakehouse_etl.contract.model import Field, Input, PartitionField, Refresh

_REFRESHABLE = ("identity", "day", "month", "year")
"""Transforms under which the rows of one value lie in partitions of their own or of a known period."""

_TABLE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+")
_TRANSFORM = re.compile(r"identity|year|month|day|hour|(bucket|truncate)\[[1-9]\d*\]")


table_name = matching(lambda value: _TABLE.fullmatch(value) is not None)
"""Lets a name of the form `database.table` through."""


def read_inputs(document: Document) -> tuple[Input, ...]:
    """Return the tables that the SQL reads."""
    inputs = []
    for child in document.children("inputs"):
        inputs.append(
            Input(
                id=child.text("id"),
                layer=child.choice("layer", "silver", "gold"),
                table=child.take("table", table_name, "database.table"),
            )
        )
        child.end()
    return tuple(inputs)


def read_partition(document: Document, fields: tuple[Field, ...]) -> tuple[PartitionField, ...]:
    """Return the partition fields of the table."""
    known = [field.name for field in fields]
    partition = []
    for child in document.children("partition"):
        partition.append(
            PartitionField(
                source=child.choice("source", *known),
                transform=child.take("transform", _transform, "an Iceberg transform"),
            )
        )
        child.end()
    return tuple(partition)


def read_refresh(
    document: Document, inputs: tuple[Input, ...], partition: tuple[PartitionField, ...]
) -> Refresh | None:
    """Return how the product is refreshed in parts, None if it is not."""
    child = document.optional_child("refresh")
    if child is None:
        return None
    by_id = {each.id: each for each in inputs if each.id}
    transforms = {
        each.source: each.transform for each in partition if each.source and each.transform in _REFRESHABLE
    }
    input_id = child.choice("input", *by_id)
    column = child.choice("column", *transforms)
    child.end()
    if input_id is None or column is None:
        return None
    return Refresh(by_id[input_id], column, transforms[column])


_transform = matching(lambda value: _TRANSFORM.fullmatch(value) is not None)
